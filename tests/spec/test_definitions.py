"""What a definition counts: each part of a rule on little tables, and parts put together."""

from textwrap import dedent

import pytest

from peelian.definitions import find, lacking, marked, met
from peelian.errors import CannotAnswer
from spec_harness import arrow, drawn, put

TABLES = ("incidents", "incident_codes", "labels", "involvements", "markers")
INCIDENTS = """
incidents
incident_id | category           | opening_code       | local_date | crime_id
one         | concern-for-safety | concern-for-safety | 2024-01-10 | -
two         | crime-reported     | Public-Order       | 2024-01-10 | -
three       | missing-person     | missing-person     | 2024-01-10 | c3
four        | -                  | -                  | 2024-01-10 | -
-           | message            | message            | 2024-01-10 | -
"""
CODES = """
incident_codes
incident_id | kind      | position | code
one         | closing   | 1        | concern-for-safety
one         | closing   | 2        | Mental Health
one         | qualifier | 1        | with-alcohol
one         | qualifier | 2        | MH
two         | qualifier | 1        | mh
two         | opening   | 1        | PO7
two         | closing   | 1        | PO7
elsewhere   | qualifier | 1        | mh
"""
LABELS = """
labels
item_kind | item_id | codebook | code          | value | coder
incident  | one     | judged   | mental-health | Yes   | a
incident  | one     | judged   | mental-health | no    | b
incident  | one     | judged   | alcohol       | yes   | a
incident  | two     | judged   | mental-health | no    | a
incident  | three   | judged   | mental-health | yes   | a
incident  | three   | judged   | mental-health | yes   | b
incident  | three   | judged   | mental-health | no    | c
document  | four    | judged   | mental-health | yes   | a
incident  | one     | machine  | mental-health | 0.71  | m
incident  | two     | machine  | mental-health | 0.7   | m
incident  | three   | machine  | mental-health | 0.699 | m
incident  | four    | machine  | mental-health | none  | m
"""
PEOPLE = """
involvements
person_id | event_id | event_kind | role    | local_date
p         | one      | incident   | victim  | 2024-01-10
p         | one      | incident   | witness | 2024-01-10
q         | two      | incident   | suspect | 2024-01-10
r         | three    | incident   | other   | 2024-01-10
s         | four     | crime      | victim  | 2024-01-10

markers
person_id | marker        | from       | to
p         | Mental Health | 2020-01-01 | -
q         | mental health | 2024-02-01 | -
r         | mental health | -          | 2023-01-01
s         | mental health | -          | -
p         | weapons       | -          | -
"""


@pytest.fixture
def definition(tmp_path):
    """Write a definition with this rule, and find it."""
    made = []

    def write(rule, name="mine", **files):
        for other, inner in files.items():
            (tmp_path / f"{other}.toml").write_text(text_of(other, inner), encoding="utf-8")
        path = tmp_path / f"{name}-{len(made)}.toml"
        path.write_text(text_of(name, rule), encoding="utf-8")
        made.append(path)
        (one,) = find([str(path)])
        return one

    return write


def text_of(name, rule):
    head = f"""
        name = "{name}"
        title = "Mine"
        counts = "what is mine"
        health = true
        source.says = "this test"
    """
    return dedent(head) + f"[rule]\n{rule}\n"


@pytest.fixture
def records(on, tmp_path):
    """Put drawn tables on the engine; those that are not drawn are empty."""

    def make(*given):
        tables = {name: rows for text in given for name, rows in drawn(text).items()}
        return {
            name: put(on, name, arrow(name, tables[name]) if name in tables else None, tmp_path)
            for name in TABLES
        }

    return make


@pytest.fixture
def counted(records, definition):
    """The incidents that a rule counts, and with `asked` those somebody could tell of."""

    def ask(rule, *given, asked=False, **files):
        held = records(*(given or (INCIDENTS, CODES, LABELS, PEOPLE)))
        incidents, one = held.pop("incidents"), definition(rule, **files)
        rows = marked(incidents, [one], held, asked=asked).to_pyarrow().to_pylist()
        assert all(row[one.column] is not None for row in rows)
        assert len(rows) == incidents.count().to_pyarrow().as_py()
        column = one.asked_column if asked else one.column
        return {row["incident_id"] for row in rows if row[column]}

    return ask


def test_a_qualifier_whatever_its_case(counted):
    assert counted('qualifier = ["mh"]') == {"one", "two"}


def test_closing_codes_any_or_the_primary_one(counted):
    assert counted('closing = ["mental health"]') == {"one"}
    assert counted('closing = ["mental health"]\nposition = "primary"') == set()
    assert counted('closing = ["PO7"]\nposition = "primary"') == {"two"}


def test_a_star_stands_for_every_ending_of_a_code(counted):
    assert counted('closing = ["po*"]') == {"two"}
    assert counted('closing = ["mental*", "po7"]') == {"one", "two"}


def test_opening_codes_stand_in_either_place(counted):
    assert counted('opening = ["public-order"]') == {"two"}
    assert counted('opening = ["po7"]') == {"two"}
    assert counted('opening = ["missing-person"]', INCIDENTS) == {"three"}


def test_section_136_is_a_code_of_any_kind(counted):
    kinds = INCIDENTS, """
incident_codes
incident_id | kind      | position | code
one         | qualifier | 1        | s136
two         | closing   | 3        | S136
three       | closing   | 1        | s.136
"""  # fmt: skip
    assert counted('section_136 = ["s136"]', *kinds) == {"one", "two"}


def test_categories_and_their_groups(counted):
    assert counted('category = ["missing-person"]') == {"three"}
    assert counted('category_group = ["welfare"]') == {"one", "three"}


def test_what_led_to_a_crime_and_what_did_not(counted):
    assert counted("crime = true") == {"two", "three"}
    assert counted("crime = false") == {"one", "four", None}


def test_any_reader_most_or_all_must_say_so(counted):
    judged = 'judged = "judged"\ncode = "mental-health"\nvalues = ["yes"]\n'
    assert counted(judged) == {"one", "three"}
    assert counted(judged + 'readers = "most"') == {"three"}
    assert counted(judged + 'readers = "all"') == set()
    assert counted(judged, asked=True) == {"one", "two", "three"}


def test_what_nobody_was_asked_is_neither_met_nor_refuted(counted):
    judged = '{ judged = "judged", code = "mental-health" }'
    assert counted(f"not = {judged}") == {"two"}
    both = f'any = [{judged}, {{ category = ["message"] }}]'
    assert counted(both) == {"one", "three", None}
    # The message is counted whatever a reader would have said; of the fourth nobody can tell.
    assert counted(both, asked=True) == {"one", "two", "three", None}


def test_a_score_at_the_threshold_counts_and_no_number_is_no_score(counted):
    scored = 'scored = "machine"\ncode = "mental-health"\nat_least = 0.7'
    assert counted(scored) == {"one", "two"}
    assert counted(scored, asked=True) == {"one", "two", "three"}


def test_a_marker_held_on_the_day_or_ever(counted):
    assert counted('marker = ["mental health"]') == {"one"}
    assert counted('marker = ["mental health"]\nheld = "ever"') == {"one", "two", "three"}
    assert counted('marker = ["mental health"]\nroles = ["suspect"]\nheld = "ever"') == {"two"}


def test_rules_are_put_together(counted):
    flag, missing = '{ qualifier = ["mh"] }', '{ category = ["missing-person"] }'
    assert counted(f"any = [{flag}, {missing}]") == {"one", "two", "three"}
    assert counted(f"all = [{flag}, {{ crime = false }}]") == {"one"}
    assert counted(f"not = {{ any = [{flag}, {missing}] }}") == {"four", None}


def test_a_definition_may_be_a_part_of_another(counted):
    rule = 'any = [{ definition = "flagged.toml" }, { definition = "missing-people" }]'
    assert counted(rule, flagged='qualifier = ["mh"]') == {"one", "two", "three"}


LOGS = """
incidents
incident_id | narrative
plain       | male is suicidal on the bridge
loud        | MALE IS SUICIDAL
first       | Suicidal male
last        | says she feels suicidal
inside      | nonsuicidally dressed
phrase      | she may self-harm again
wrapped     | she may self  HARM again
denied      | no suicidal thoughts, had a drink
far         | no drink had, and is now suicidal
twice       | not suicidal not suicidal
after       | denies it but is suicidal. not suicidal yesterday
phone       | she was hanging up the phone
phones      | Hanging up the phone, hanging up the phone, hanging up the phone
shared      | hanging up hanging up hanging up
joined      | her own self hanging up harm was done
both        | hanging up the phone; found hanging from a beam
gap         | outside the old brick psychiatric unit
full stop   | outside the shop. Psychiatric nurse called
accents     | ésuicidal and hangingé
curly       | he doesn’t want to be here
straight    | he doesn't want to be here
bare        | he doesnt want to be here
dot         | taken under s.136
no dot      | taken under sx136
none        | -
"""  # fmt: skip  # noqa: RUF001
WORDS = """
words = ["suicid*", "self harm", "hanging", "psychiatr*", "doesn't want to be here", "s.136"]
unless = ["hanging up", "outside the ... psychiatr*"]
negated_by = ["no", "not", "denies"]
"""


def test_words_are_found_whole_and_not_where_they_mean_something_else(counted):
    found = counted(WORDS, LOGS)
    assert found == {
        "plain", "loud", "first", "last", "phrase", "wrapped", "far", "after", "both",
        "full stop", "curly", "straight", "bare", "dot",
    }  # fmt: skip
    assert counted(WORDS, LOGS, asked=True) == {
        row["incident_id"] for row in drawn(LOGS)["incidents"]
    } - {"none"}


def test_a_word_beside_a_letter_of_another_alphabet_is_inside_a_word(counted):
    assert "accents" not in counted(WORDS, LOGS)


def test_two_lists_of_words_do_not_disturb_each_other(counted):
    rule = 'all = [{ words = ["suicid*"], negated_by = ["no"] }, { words = ["bridge"] }]'
    assert counted(rule, LOGS) == {"plain"}
    rule = 'all = [{ words = ["suicid*"] }, { not = { words = ["not", "is"] } }]'
    assert counted(rule, LOGS) == {"first", "last", "denied"}


REFUSED = {
    'qualifier = ["mh"]': "no qualifiers",
    'closing = ["mh"]': "no closing codes",
    'section_136 = ["s136"]': "no opening codes or closing codes or qualifiers",
    'category = ["missing-person"]': "no incident has a category",
    "crime = true": "no incident says whether it led to a crime",
    'words = ["suicid*"]': "no incident has any words",
    'judged = "officer"\ncode = "mental-health"': "no label of incidents in the codebook officer",
    'scored = "m"\ncode = "x"\nat_least = 0.5': "no label of incidents in the codebook m",
    'marker = ["mh"]': "nobody's part in an incident; no marker on anybody",
}


@pytest.mark.parametrize("rule", REFUSED)
def test_what_the_records_lack_is_refused_with_what_would_be_needed(rule, records, definition):
    bare = "incidents\nincident_id | local_date\none | 2024-01-10\n"
    held = records(bare)
    with pytest.raises(CannotAnswer) as refusal:
        marked(held.pop("incidents"), [definition(rule)], held)
    assert refusal.value.found.startswith(REFUSED[rule])
    assert "load " in refusal.value.try_


def test_those_that_cannot_be_applied_are_named_and_the_others_are_not(records):
    held = records(INCIDENTS)
    incidents = held.pop("incidents")
    every = find(("missing-people", "mental-health-flag", "concern-for-welfare-at-first"))
    assert set(lacking(incidents, every, held)) == {"mental-health-flag"}


def test_a_primary_code_needs_positions(records, definition):
    held = records(
        INCIDENTS, "incident_codes\nincident_id | kind | code\none | closing | mental health\n"
    )
    incidents = held.pop("incidents")
    rule = 'closing = ["mental health"]'
    assert not lacking(incidents, [definition(rule)], held)
    refused = lacking(incidents, [definition(rule + '\nposition = "primary"')], held)
    assert "position 1" in refused["mine"].found


def test_each_part_says_how_many_incidents_met_it(records, definition):
    held = records(INCIDENTS, CODES, PEOPLE)
    incidents = held.pop("incidents")
    rule = """any = [
        { qualifier = ["mh", "mental health"] },
        { closing = ["mental health", "po7"], position = "primary" },
        { marker = ["mental health"] },
    ]"""
    parts = met(incidents, definition(rule), held)
    assert [(one.part, one.incidents) for one in parts] == [(1, 2), (1, 0), (2, 0), (2, 1), (3, 1)]
    assert parts[1].says == 'qualifier "mental health"'


def test_many_definitions_at_once_are_as_each_alone(records):
    held = records(
        INCIDENTS.replace("local_date |", "local_date | narrative |").replace(
            "2024-01-10 |", "2024-01-10 | had psychosis |"
        ),
        CODES, LABELS.replace("judged", "officer-judgement"), PEOPLE,
    )  # fmt: skip
    incidents = held.pop("incidents")
    every = find(("mental-health", "welfare", "non-crime", "harm-at-home"))
    able = [one for one in every if one.name not in lacking(incidents, every, held)]
    assert len(able) >= 16
    together = marked(incidents, able, held).to_pyarrow().to_pylist()
    for one in able:
        alone = marked(incidents, [one], held).to_pyarrow().to_pylist()
        key = {row["incident_id"]: row[one.column] for row in together}
        assert key == {row["incident_id"]: row[one.column] for row in alone}, one.name
