"""Records that may be one work: found (blocking), compared (traits, compare), queued (pairs), merged and parted again (joining, merges).

`Library.duplicates` is the way in (desk); an import uses the same parts for the records it reads. Nothing is imported here: every change of the
library writes keys for finding, and needs only `blocking`.
"""
