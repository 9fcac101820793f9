"""What people say -> what texts of medicine say: of English, not of one collection. The first that a collection's records use more is taken."""

from __future__ import annotations

LAY_WORDS: dict[str, tuple[str, ...]] = {
    # ways of giving
    "drip": ("infusion",), "drips": ("infusions",), "iv drip": ("intravenous infusion",), "by mouth": ("oral",), "nasal spray": ("intranasal",),
    "nose spray": ("intranasal",), "up the nose": ("intranasal",), "under the tongue": ("sublingual",), "into the muscle": ("intramuscular",),
    "into a muscle": ("intramuscular",), "into the vein": ("intravenous",), "into a vein": ("intravenous",), "iv": ("intravenous",),
    "jab": ("injection",), "shot": ("injection",), "breathed in": ("inhaled",), "sugar pill": ("placebo",), "sugar pills": ("placebo",),
    # drugs by what they do
    "painkiller": ("analgesic",), "painkillers": ("analgesics",), "blood thinner": ("anticoagulant",), "blood thinners": ("anticoagulants",),
    "water pill": ("diuretic",), "water pills": ("diuretics",), "sleeping pill": ("hypnotic",), "sleeping pills": ("hypnotics",),
    # harms and signs
    "side effects": ("adverse effects", "adverse events"), "side effect": ("adverse effect", "adverse event"),
    "high blood pressure": ("hypertension",), "heart attack": ("myocardial infarction",), "heart attacks": ("myocardial infarction",),
    "irregular heartbeat": ("arrhythmia",), "throwing up": ("vomiting",), "fits": ("seizures",), "passing out": ("syncope",), "tiredness": ("fatigue",),
    "high temperature": ("fever",), "trouble sleeping": ("insomnia",), "low mood": ("depression",), "blood sugar": ("glucose",), "bleeding": ("haemorrhage",),
    # conditions and people
    "nerve pain": ("neuropathic pain",), "tumour": ("cancer",), "tumours": ("cancer",), "alcoholics": ("alcoholism", "alcohol use disorder"),
    "smokers": ("smoking", "tobacco"), "cigarettes": ("smoking", "tobacco"), "teenagers": ("adolescents",),
    "teens": ("adolescents",), "kids": ("children",), "the elderly": ("older adults",), "suicidal thoughts": ("suicidal ideation",),
    "thoughts of suicide": ("suicidal ideation",), "talking therapy": ("psychotherapy",), "talk therapy": ("psychotherapy",),
    "comparison group": ("control group",), "brain scans": ("neuroimaging",), "chemical messenger": ("neurotransmitter",),
    "chemical messengers": ("neurotransmitters",),
    # ways of speaking of psychedelics
    "tripping": ("taking psychedelics",), "hallucinogens": ("psychedelics",), "hallucinogen": ("psychedelic",), "dose of acid": ("dose of LSD",),
}  # fmt: skip
