"""Words of direction and pairs of opposites: closed, English, and of no one subject."""

from __future__ import annotations

#: (axis, sign) -> words. Axis "amount" is more or less of something, "worth" is better or worse for someone.
DIRECTIONS = {
    ("amount", 1): """increase increases increased increasing increasingly higher high highest elevate elevated elevates elevation enhance enhances enhanced
        enhancement upregulate upregulated upregulates upregulation greater more rise rises rising rose raised raise augment augments augmented
        boost boosts larger longer promote promotes promoted promoting stimulate stimulates stimulated induce induces induced activate activates
        activated activation accelerate accelerates accelerated amplify amplified amplifies potentiate potentiated potentiates expand expanded
        expands strengthen strengthened gain gains heighten heightened stronger faster prolong prolonged prolongs exacerbate exacerbates exacerbated""",
    ("amount", -1): """decrease decreases decreased decreasing lower lowers lowered lowest low reduce reduces reduced reducing reduction reductions fewer less
        lessen lessened decline declines declined declining diminish diminished diminishes inhibit inhibits inhibited inhibition suppress suppresses
        suppressed suppression attenuate attenuated attenuates downregulate downregulated downregulates downregulation smaller shorter drop dropped
        drops fall fell falls block blocks blocked abolish abolished abolishes deplete depleted depletion mitigate mitigated mitigates minimize slow
        slowed slower weaken weakened weaker shorten shortened dampen dampened lack lacks loss impede impedes alleviate alleviated alleviates
        relieve relieved relief deficient deficiency insufficient inactivate prevent prevents prevented""",
    ("worth", 1): """improve improves improved improving improvement improvements better best benefit benefits beneficial effective effectively efficacy
        effectiveness superior favorable favourable protect protects protective protection safe safety advantageous advantage successful success
        helpful well-tolerated useful""",
    ("worth", -1): """worsen worsens worsened worsening worse worst harm harms harmful impair impairs impaired impairment ineffective inferior unfavorable
        detrimental deteriorate deteriorated deterioration unsafe dangerous toxic toxicity adverse poor poorer poorly failure useless""",
}
#: Pairs that cannot both be true of one thing.
ANTONYMS = tuple(
    pair.strip()
    for pair in """increas decreas, high low, higher lower, more less, more fewer, positive negative, positively negatively, dependent independent,
    presence absence, susceptible resistant, sensitive resistant, sensitive insensitive, active inactive, activate inhibit,
    activation inhibition, activates inhibits, activate inactivate, activates suppresses, promote inhibit, promotes inhibits, promote suppress,
    promotes prevents, cause prevent, causes prevents, induce inhibit, induces prevents, induces suppresses, enhance reduce, enhances reduces,
    enhance impair, enhances impairs, improve worsen, improves worsens, improve impair, improves impairs, exacerbate protect,
    exacerbates alleviates, protect harm, protective harmful, beneficial harmful, benefit harm, safe unsafe, safe dangerous,
    effective ineffective, superior inferior, better worse, better poorer, good poor, longer shorter, long short, early late, earlier later,
    before after, male female, men women, boy girl, young old, younger older, upregulate downregulate, upregulation downregulation,
    upregulated downregulated, gain loss, stable unstable, necessary unnecessary, sufficient insufficient, common rare, frequent rare,
    strong weak, fast slow, accelerate delay, accelerates delays, accelerate slow, stimulate inhibit, stimulates inhibits,
    stimulates suppresses, agonist antagonist, acute chronic, peripheral central, innate adaptive, intrinsic extrinsic,
    intracellular extracellular, exclusive partial, maternal paternal, anterior posterior, dorsal ventral, proximal distal, hyper hypo,
    symmetric asymmetric, symptomatic asymptomatic, likely unlikely, similar different, identical different, same different, elevated reduced,
    increased reduced, raised lowered, raise lower, rise fall, rises falls, rose fell, minor major, mild severe, large small, larger smaller,
    greater smaller, greater lesser, maximum minimum, oral intravenous, oral intranasal, intranasal intravenous, well poorly, rapid slow,
    rapidly slowly, transient persistent, sustained transient, reversible irreversible, specific nonspecific, systemic local, single repeated,
    single multiple, encourage discourage, encourages discourages, support oppose, include exclude, present absent, complete partial,
    completely partially, always never, all none, everyone nobody, worsening improvement, increase reduction, elevation reduction, first last,
    inside outside, domestic foreign, homogeneous heterogeneous, unilateral bilateral, primary secondary, upper lower, left right,
    inpatient outpatient, full partial, remission relapse, response relapse, recovery relapse, worsen relieve, worsens relieves,
    worsen alleviate, exacerbate relieve, exacerbate alleviate, exacerbate reduce, worsen reduce, aggravate relieve, deteriorate improve,
    raise reduce, elevate lower, tolerated untolerated, licensed unlicensed, blind open, healthy ill, weekly daily, adult adolescent,
    adults children""".split(",")
)
#: What a claim is turned round with: the first of a pair for the second, and the reverse.
SWAPS = tuple(
    (pair.split()[0], pair.split()[1])
    for pair in """increase decrease, increases decreases, increased decreased, increasing decreasing, higher lower, high low, more less, improve worsen,
    improves worsens, improved worsened, better worse, effective ineffective, reduce increase, reduces increases, reduced increased,
    positive negative, promote inhibit, promotes inhibits, enhance inhibit, enhances inhibits, activates inhibits, induces inhibits,
    prevent cause, prevents causes, safe unsafe, elevated reduced, upregulated downregulated, presence absence""".split(",")
)
