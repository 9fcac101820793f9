"""Word lists of the claim checker: closed, English, and of no one subject. A collection may add its own synonyms to `SAME`."""

from __future__ import annotations

#: Words that join others: never counted as found or missing.
STOP = frozenset(
    """a an the of in on at by for to from with within into onto over under as and or nor but if then than that this these
    those there here it its itself they them their theirs he she his her we our us i you your my me who whom whose which what
    when where why how is are was were be been being am do does did done doing has have had having will would shall should can
    could may might must not no nor never cannot also both either neither each every any some such same so too very just only
    even still yet however although though while whereas because since during between among through via per about against
    after before above below up down out off again further once more most less least other another own all few many much
    s t d ll re ve m o i.e e.g et al vs versus upon thus therefore hence yes well us get got let one""".split()
)
#: Words that carry no finding of their own: little weight, never a reason to refuse.
GENERIC = frozenset(
    """study studies trial trials research researcher researchers review reviews report reports reported analysis analyses
    analysed analyzed meta-analysis evidence result results finding findings find finds found show shows showed shown showing
    demonstrate demonstrated demonstrates suggest suggests suggested indicate indicates indicated observe observed observation
    data author authors conclude concluded conclusion conclusions background methods objective include included including
    patient patients participant participants people person persons individual individuals subject subjects adult adults
    associate associated association associations relate related relation relationship link linked correlate correlated
    correlation use used using based compared comparison group groups effect effects significant significantly
    likely potential potentially possible possibly known new several various role cause causes caused lead leads led result
    resulted occur occurs occurred present presence level levels number numbers treat treated treatment treatments therapy
    give given receive received rate rates degree amount amounts measure measured""".split()
)

#: Different names of one thing; the first stands for the group.
SAME = (
    "covid19 covid coronavirus sarscov2 2019ncov ncov",
    "lsd lysergide", "mdma ecstasy", "dmt dimethyltryptamine", "psilocybin psilocybine",
    "mdd", "ptsd", "ocd", "tumor cancer carcinoma neoplasm malignancy", "child children kid kids pediatric paediatric",
    "mouse mice murine", "rat rats", "woman women female females", "man men male males", "newborn neonate neonatal infant infants",
    "elderly older aged", "death deaths mortality die dies died fatal fatality lethal", "kidney renal", "heart cardiac", "liver hepatic",
    "lung lungs pulmonary", "brain cerebral", "drug drugs medication medications medicine medicines",
    "physician physicians doctor doctors clinician clinicians", "rapid rapidly quick quickly fast", "heart cardiac cardiovascular",
    "symptom symptoms", "side-effect adverse", "begin start onset", "remission remitted remit", "respond response responder responders",
    "use usage", "help aid assist", "prevent prevention preventive prevents", "persist last lasting sustained remain remained persisted lasted",
    "dose doses dosage", "placebo sham", "suicide suicidal suicidality", "mask masks facemask facemasks respirator respirators",
    "anxiety anxious anxiolytic", "depression depressive depressed antidepressant", "pain analgesia analgesic",
    "year years yr", "hour hours h hr", "week weeks wk", "day days", "month months", "minute minutes min",
)  # fmt: skip


#: Numbers as words.
UNITS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18,
    "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
#: The lower half of a fraction as a word.
FRACTION = {"half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourth": 4, "fourths": 4, "fifth": 5,
             "fifths": 5, "tenth": 10, "tenths": 10}  # fmt: skip
#: Words that multiply the number before them.
SCALE = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9}
#: Words that belong to a figure and are compared there.
UNIT_WORDS = frozenset("mg kg ug mcg ml percent half twice third thirds quarter quarters hundred thousand million ci".split())
#: Words that are a factor.
TIMES = {"twice": 2.0, "double": 2.0, "doubled": 2.0, "doubling": 2.0, "doubles": 2.0, "triple": 3.0, "tripled": 3.0}
