"""The verifier in JavaScript, run under node over all vectors and over what an attacker would try."""

import json
from typing import Any

import pytest

from mingqian.verifier.tests.harness import (
    VECTORS,
    b64,
    canonical,
    codes,
    commitment,
    files_of,
    folder_of,
    run_jobs,
    sha256_hex,
    table_entry,
    verify_job,
)

GOOD = ["v1-simple", "v2-strata", "v3-teams", "v4-supplements", "v5-subjects-only", "v6-void", "v7-teams-supplement"]
GOOD += ["v8-long", "v9-home", "v10-home-teams", "v11-joining", "v12-appointment", "v13-appointment-none", "v14-mixed"]
GOOD += ["v15-back", "v16-home-back"]

REFUSED = {
    "r02-quotas-unsorted": "quotas",
    "r03-conflict-unknown-id": "conflict-id",
    "r04-too-few-free-inspectors": "too-few-free",
    "r05-short-contribution": "contributions",
    "r06-constant-contribution": "contributions",
    "r07-witness-missing": "contributions",
    "r08-full-width-digits": "contributions",
    "r09-closed-after-beacon": "beacon-time",
    "r10-beacon-wrong-length": "beacon-value",
    "r11-lots-too-many": "table-row",
    "r12-id-with-space": "table-row",
    "r13-unknown-status": "table-row",
    "r14-opened-before-sealed": "reveal-time",
    "r16-extra-file": "files",
    "r17-extra-key": "keys",
    "r18-supplement-gap": "files",
    "r19-supplement-renumbered": "supplement-head",
    "r20-exchange-without-conflict": "exchange-no-conflict",
    "r21-one-candidate": "candidates",
    "r22-void-hides-secret": "void-secret",
    "r23-swapped-subjects": "result-differs",
    "r24-not-canonical": "json",
    "r26-crlf": "table-root",
    "r30-commitment": "commitment",
    "r31-duplicate-id": "table-order",
    "r32-rows-unsorted": "table-order",
    "r33-three-different-digits": "contributions",
    "r34-same-witness-twice": "witnesses",
    "r35-beacon-not-named": "beacon-unnamed",
    "r36-no-such-day": "seal-time",
    "r38-fewer-witnesses-later": "supplement-witnesses",
    "r39-secret-used-twice": "secret-twice",
    "r40-supplement-before-the-draw": "supplement-time",
    "r41-previous-wrong": "supplement-previous",
    "r42-candidates-miscounted": "result-differs",
    "r43-void-other-secret": "void-secret",
    "r44-void-of-another-seal": "void-head",
    "r45-supplement-of-a-voided-draw": "files-void",
    "r46-true-is-no-integer": "batches",
    "r47-exempt-do-not-fill-a-quota": "quota-short",
    "r48-team-everywhere-in-conflict": "team-conflicts",
    "r49-hidden-characters": "seal-head",
    "r50-open-by-before-seal": "seal-time",
    "r51-home-without-inspectors": "home",
    "r52-home-no-word": "home",
    "r53-home-too-few-for-the-teams": "home-short",
    "r54-home-all-in-conflict": "home-short",
    "r55-home-not-dealt-first": "result-differs",
    "r56-home-not-in-every-team": "result-differs",
    "r57-home-replaced-by-another-division": "result-differs",
    "r58-home-one-candidate": "candidates",
    "r59-home-lost-by-exchange": "result-differs",
    "r60-joining-not-needed": "joining-needless",
    "r61-joining-known": "joining-known",
    "r62-joining-own-division": "joining-unit",
    "r63-joining-unsorted": "joining",
    "r64-joining-nobody": "joining",
    "r65-joining-an-exchange": "keys",
    "r66-joining-still-one-candidate": "candidates",
    "r67-joined-twice": "joining-known",
    "r68-joining-without-approver": "joining",
    "r69-newcomer-appointed-where-a-lot-is-possible": "appointment-lot",
    "r70-appointment-where-a-lot-is-possible": "appointment-lot",
    "r71-appointed-in-the-team": "appointed",
    "r72-appointed-unavailable": "appointed",
    "r73-appointed-in-conflict": "appointed",
    "r74-appointed-unknown": "appointed",
    "r75-appointment-in-nobodys-place": "appointment-place",
    "r76-appointed-after-being-replaced-there": "appointed",
    "r77-appointment-with-reveal": "files-appointment",
    "r78-appointment-voided": "files-appointment",
    "r79-appointment-ground-no-line": "appointment-ground",
    "r80-appointment-of-somebody-else": "result-differs",
    "r81-appointment-with-another-joining": "joining-appointed",
    "r82-sealed-before-the-appointment": "supplement-time",
    "r83-appointment-with-witnesses": "keys",
    "r84-replaced-by-appointment-comes-back": "result-differs",
    "r85-lot-without-reveal": "files",
    "r86-appointed-back": "appointed",
    "r87-appointment-still-pending": "files",
    "r88-appointed-who-is-out": "appointed",
    "r89-result-with-another-salt": "result-differs",
    "r90-result-without-salt": "result-differs",
    "r91-appointment-without-salt": "keys",
    "r92-salt-no-hash": "salt",
    "r93-salt-used-twice": "salt-twice",
    "r94-secret-used-as-salt": "salt-twice",
    "r95-salt-used-as-secret": "secret-twice",
    "r96-in-and-joining": "joining-known",
    "r97-back-in-another-unit": "joining-unit-sealed",
    "r98-back-not-needed": "joining-needless",
    "r99-back-twice": "joining-known",
}

SECRET = "7" * 64


@pytest.mark.parametrize("vector", GOOD)
def test_a_vector_is_verified(vector: str) -> None:
    [result] = run_jobs([{"do": "verify", "dir": folder_of(vector)}])
    assert result["problems"] == []
    assert result["verdict"] == "verified"
    assert all(step["ok"] is not False for step in result["steps"])


@pytest.mark.parametrize("vector", [name for name in GOOD if name != "v6-void"])
def test_the_result_is_rebuilt_byte_for_byte(vector: str) -> None:
    [text] = run_jobs([{"do": "rebuild", "dir": folder_of(vector)}])
    assert text.encode() == (VECTORS / vector / "result.json").read_bytes()


@pytest.mark.parametrize("vector", ["v4-supplements", "v8-long", "v14-mixed"])
def test_the_teams_at_the_end_are_those_of_the_vector(vector: str) -> None:
    [result] = run_jobs([{"do": "verify", "dir": folder_of(vector)}])
    want = json.loads((VECTORS / f"{vector.partition('-')[0]}-teams-after.json").read_bytes())
    assert {item["subject"]: item["team"] for item in result["teams"]} == want


def test_members_who_are_there_not_by_lot_are_those_of_the_vector() -> None:
    [result] = run_jobs([{"do": "verify", "dir": folder_of("v14-mixed")}])
    want = json.loads((VECTORS / "v14-appointed-after.json").read_bytes())
    assert sorted([item["subject"], name] for item in result["teams"] for name in item["appointed"]) == want


def test_the_salt_of_an_appointment_is_shown_nowhere() -> None:
    files = files_of("v12-appointment")
    salts = [json.loads(files[f"supplement-{number}/seal.json"])["salt"] for number in (1, 2)]
    [result] = run_jobs([{"do": "verify", "dir": folder_of("v12-appointment")}])
    assert [salt for salt in salts if salt in json.dumps(result)] == []


def test_who_joined_is_counted_with_what_the_seal_said_of_them() -> None:
    [result] = run_jobs([{"do": "verify", "dir": folder_of("v15-back")}])
    [table] = [table for table in result["census"] if table["title"] == "封存之后加入的执法检查人员"]
    said = {row[1]: row[table["columns"].index("封存时")] for row in table["rows"]}
    assert (said["370307"], said["370308"], said["370901"]) == ("不参加抽取：休假", "不参加抽取：病假", "不在名册中")


def test_every_bundle_to_refuse_is_refused_for_its_reason() -> None:
    notes = json.loads((VECTORS / "refuse-notes.json").read_bytes())
    assert sorted(notes) == sorted([*REFUSED, "r37-pending"])
    results = run_jobs([{"do": "verify", "dir": folder_of(f"refuse/{name}")} for name in REFUSED])
    for (name, code), result in zip(REFUSED.items(), results, strict=True):
        assert result["verdict"] == "refused", name
        assert code in codes(result), (name, notes[name], result["problems"])


def test_a_bundle_without_result_is_pending_and_never_verified() -> None:
    pending, sealed_only = run_jobs(
        [
            {"do": "verify", "dir": folder_of("refuse/r37-pending")},
            {"do": "verify", "dir": folder_of("v1-simple"), "replace": {"reveal.json": None, "result.json": None}},
        ]
    )
    assert (pending["verdict"], pending["problems"]) == ("pending", [])
    assert (sealed_only["verdict"], sealed_only["problems"]) == ("pending", [])


def test_a_pending_bundle_with_a_wrong_reveal_is_refused() -> None:
    files = files_of("refuse/r37-pending")
    files["reveal.json"] = files["reveal.json"].replace(b'"secret":"0', b'"secret":"1')
    [result] = run_jobs([verify_job(files)])
    assert (result["verdict"], codes(result)) == ("refused", ["commitment"])


@pytest.mark.parametrize(
    ("vector", "stride"),
    [("v1-simple", 11), ("v4-supplements", 61), ("v6-void", 17), ("v12-appointment", 41), ("v13-appointment-none", 31)],
)
def test_a_single_changed_byte_is_refused(vector: str, stride: int) -> None:
    # Nothing follows the last void of a bundle, so its free texts and times are bound by the public log alone.
    loose = {"v6-void": "void.json", "v4-supplements": "supplement-9/void.json"}.get(vector)
    flips = [
        {name: [offset, 1]}
        for name, content in files_of(vector).items()
        if name != loose
        for offset in range(0, len(content), stride)
    ]
    assert len(flips) > 50
    results = run_jobs([{"do": "verify", "dir": folder_of(vector), "flip": flip} for flip in flips])
    assert [flip for flip, result in zip(flips, results, strict=True) if result["verdict"] != "refused"] == []


def test_a_missing_or_extra_file_is_refused() -> None:
    names = ["subjects.tsv", "inspectors.tsv", "conflicts.tsv", "seal.json", "reveal.json"]
    jobs: list[dict[str, Any]] = [
        {"do": "verify", "dir": folder_of("v1-simple"), "replace": {name: None}} for name in names
    ]
    extra = ["supplement-01/seal.json", "supplement-0/seal.json", "supplement-1/subjects.tsv", "Seal.json", "a/b.json"]
    extra += ["supplement-1/reveal.json", "void.json", "__MACOSX/._seal.json", "supplement-1/ledger.json", ".DS_Store"]
    jobs += [{"do": "verify", "dir": folder_of("v1-simple"), "replace": {name: b64(b"{}")}} for name in extra]
    for job, result in zip(jobs, run_jobs(jobs), strict=True):
        assert result["verdict"] == "refused", job
        assert codes(result)[0] in {"files", "files-void"}, (job, result["problems"])


def _seal(**changes: Any) -> dict[str, bytes]:
    """v1 as sealed and not yet opened, its seal changed; a callable changes a part in place."""
    files = {
        name: content for name, content in files_of("v1-simple").items() if name not in {"reveal.json", "result.json"}
    }
    seal = json.loads(files["seal.json"])
    for key, value in changes.items():
        if callable(value):
            value(seal[key])
        else:
            seal[key] = value
    return files | {"seal.json": canonical(seal)}


BEACON = {"source": "公开摇奖", "round": "第 1 期", "digits": 7, "due": "2026-03-02T09:00:00Z"}

SEALS: list[tuple[str, dict[str, Any], str]] = [
    ("nothing changed", {}, ""),
    ("a beacon", {"beacon": BEACON}, ""),
    ("another protocol", {"protocol": "MQ2"}, "seal-head"),
    ("an id that is no word", {"draw_id": "抽查 1"}, "seal-head"),
    ("a title with a space at its end", {"title": "抽查 "}, "seal-head"),
    ("an empty title", {"title": ""}, "seal-head"),
    ("a title of 201 characters", {"title": "抽" * 201}, "seal-head"),
    ("a title of 200 characters beyond the first plane", {"title": "𠀀" * 200}, ""),
    ("a title that turns the line round", {"title": "抽查\u202e"}, "seal-head"),
    ("a number as title", {"title": 5}, "seal-head"),
    ("the 31st of April", {"sealed_at": "2026-04-31T00:00:00Z"}, "seal-time"),
    ("the 29th of February in a common year", {"open_by": "2027-02-29T00:00:00Z"}, "seal-time"),
    ("a leap second", {"open_by": "2026-06-30T23:59:60Z"}, "seal-time"),
    ("hour 24", {"open_by": "2026-03-02T24:00:00Z"}, "seal-time"),
    ("year 0", {"sealed_at": "0000-01-01T00:00:00Z"}, "seal-time"),
    ("no time zone", {"open_by": "2026-03-02T10:00:00"}, "seal-time"),
    ("sealed when it should be open", {"open_by": "2026-03-02T01:00:00Z"}, "seal-time"),
    ("no witness", {"witnesses": []}, "witnesses"),
    ("a witness with a hidden character", {"witnesses": ["甲\u200f\u2066"]}, "witnesses"),
    ("witnesses as a text", {"witnesses": "甲"}, "witnesses"),
    ("an upper-case hash", {"commitment": "A" * 64}, "seal-head"),
    ("no quota", {"rules": lambda r: r.update(quotas=[])}, "quotas"),
    ("a quota of 0", {"rules": lambda r: r["quotas"][0].update(count=0)}, "quotas"),
    ("true as quota", {"rules": lambda r: r["quotas"][0].update(count=True)}, "quotas"),
    ("a stratum twice", {"rules": lambda r: r["quotas"].append({"stratum": "-", "count": 1})}, "quotas"),
    (
        "a stratum that is not there",
        {"rules": lambda r: r["quotas"].append({"stratum": "A", "count": 1})},
        "quota-short",
    ),
    ("a quota above the pool", {"rules": lambda r: r["quotas"][0].update(count=21)}, "quota-short"),
    ("no team size", {"rules": lambda r: r.update(team_size=0)}, "rules"),
    ("teams without teams", {"rules": lambda r: r.update(assignment="teams")}, "rules"),
    ("too many teams", {"rules": lambda r: r.update(assignment="teams", teams=3)}, "teams-short"),
    ("enough teams", {"rules": lambda r: r.update(assignment="teams", teams=2)}, ""),
    ("teams told to per-subject", {"rules": lambda r: r.update(teams=1)}, "rules"),
    ("a team larger than the pool", {"rules": lambda r: r.update(team_size=6)}, "too-few-free"),
    ("an unknown assignment", {"rules": lambda r: r.update(assignment="all")}, "rules"),
    ("a team size with none", {"rules": lambda r: r.update(assignment="none")}, "rules"),
    ("subjects only", {"rules": lambda r: r.update(assignment="none", team_size=0)}, ""),
    ("no batch", {"rules": lambda r: r.update(batches=0)}, "batches"),
    ("more batches than subjects", {"rules": lambda r: r.update(batches=1000000000)}, ""),
    ("an unknown rule", {"rules": lambda r: r.update(extra=1)}, "keys"),
    ("a wrong count", {"subjects": lambda t: t.update(count=19)}, "table-root"),
    ("a wrong root", {"conflicts": lambda t: t.update(root="0" * 64)}, "table-root"),
    ("a beacon of no digits", {"beacon": BEACON | {"digits": 0}}, "beacon"),
    ("a beacon of 101 digits", {"beacon": BEACON | {"digits": 101}}, "beacon"),
    ("a beacon after the deadline", {"beacon": BEACON | {"due": "2026-03-02T10:00:01Z"}}, "beacon"),
    ("a beacon before the seal", {"beacon": BEACON | {"due": "2026-03-02T00:59:59Z"}}, "beacon"),
    ("a beacon with a remark", {"beacon": BEACON | {"note": "x"}}, "beacon"),
    ("no beacon told as false", {"beacon": False}, "beacon"),
]


def test_seals_are_held_to_the_letter() -> None:
    results = run_jobs([verify_job(_seal(**changes)) for _, changes, _ in SEALS])
    for (what, _, code), result in zip(SEALS, results, strict=True):
        assert result["verdict"] == ("refused" if code else "pending"), (what, result["problems"])
        assert (code in codes(result)) == bool(code), (what, result["problems"])


TABLES: list[tuple[str, bytes, str]] = [
    ("no final line feed", b"a\t-\t1\tin\nb\t-\t1\tin\nc\t-\t1\tin", "table-row"),
    ("an empty row", b"a\t-\t1\tin\n\nb\t-\t1\tin\nc\t-\t1\tin\n", "table-row"),
    ("a byte order mark", b"\xef\xbb\xbfa\t-\t1\tin\nb\t-\t1\tin\nc\t-\t1\tin\n", "table-row"),
    ("not UTF-8", b"a\t-\t1\tin\nb\t-\t1\tin\n\xff\t-\t1\tin\n", "table-row"),
    ("an encoded surrogate", b"a\t-\t1\tin\nb\t-\t1\tin\n\xed\xa0\x80\t-\t1\tin\n", "table-row"),
    ("lots with a leading zero", b"a\t-\t01\tin\nb\t-\t1\tin\nc\t-\t1\tin\n", "table-row"),
    ("no lots", b"a\t-\t0\tin\nb\t-\t1\tin\nc\t-\t1\tin\n", "table-row"),
    ("full-width lots", "a\t-\t１\tin\nb\t-\t1\tin\nc\t-\t1\tin\n".encode(), "table-row"),
    ("in with a code", b"a\t-\t1\tin:x\nb\t-\t1\tin\nc\t-\t1\tin\n", "table-row"),
    ("exempt without a code", b"a\t-\t1\texempt\nb\t-\t1\tin\nc\t-\t1\tin\nd\t-\t1\tin\n", "table-row"),
    ("an empty code", b"a\t-\t1\tout:\nb\t-\t1\tin\nc\t-\t1\tin\nd\t-\t1\tin\n", "table-row"),
    ("a fifth field", b"a\t-\t1\tin\t\nb\t-\t1\tin\nc\t-\t1\tin\n", "table-row"),
    ("an id of 65 characters", b"a" * 65 + b"\t-\t1\tin\nb\t-\t1\tin\nc\t-\t1\tin\n", "table-row"),
    (
        "an id of 64 characters beyond the first plane",
        b"b\t-\t1\tin\nc\t-\t1\tin\n" + "𠀀".encode() * 64 + b"\t-\t1\tin\n",
        "",
    ),
    # By UTF-16 units U+20000 (D840 DC00) would come before U+FF08; by UTF-8 bytes it comes after.
    ("sorted by UTF-8 bytes", "a\t-\t1\tin\n（\t-\t1\tin\n𠀀\t-\t1\tin\n".encode(), ""),
    ("sorted by UTF-16 units", "a\t-\t1\tin\n𠀀\t-\t1\tin\n（\t-\t1\tin\n".encode(), "table-order"),
    ("an ideograph beyond the range", "a\t-\t1\tin\nb\t-\t1\tin\n\U000323b0\t-\t1\tin\n".encode(), "table-row"),
    ("the last ideograph of the range", "a\t-\t1\tin\nb\t-\t1\tin\n\U000323af\t-\t1\tin\n".encode(), ""),
    ("ids that are names in JavaScript", b"__proto__\t-\t1\tin\nconstructor\t-\t1\tin\ntoString\t-\t1\tin\n", ""),
]


def test_tables_are_held_to_the_letter() -> None:
    jobs = []
    for _, content, _ in TABLES:
        files = _seal(subjects=table_entry(content if content.endswith(b"\n") else content + b"\n"))
        jobs.append(verify_job(files | {"subjects.tsv": content}))
    for (what, _, code), result in zip(TABLES, run_jobs(jobs), strict=True):
        assert result["verdict"] == ("refused" if code else "pending"), (what, result["problems"])
        assert (code in codes(result)) == bool(code), (what, result["problems"])


VOIDS: list[tuple[str, dict[str, Any], str]] = [
    ("nothing changed", {}, ""),
    ("nobody had spoken", {"contributions": []}, ""),
    ("more contributions than witnesses", {"contributions": ["123456123456"] * 2}, "void-contributions"),
    ("a short contribution", {"contributions": ["123456123"]}, "void-contributions"),
    ("a contribution as a number", {"contributions": [123456123]}, "void-contributions"),
    ("the number of a supplement", {"number": 1}, "void-head"),
    ("false as number", {"number": False}, "void-head"),
    ("no reason", {"reason": ""}, "void-head"),
    ("voided before the seal", {"voided_at": "2026-03-02T00:59:59Z"}, "void-time"),
    ("a beacon that was not named", {"beacon": "1234567"}, "beacon-unnamed"),
    ("another secret", {"secret": "2" * 64}, "void-secret"),
    ("an object as secret", {"secret": {}}, "void-secret"),
    ("an object as reason", {"reason": {"a": []}}, "void-head"),
]


def test_voids_are_held_to_the_letter() -> None:
    files = files_of("v6-void")
    void = json.loads(files["void.json"])
    results = run_jobs([verify_job(files | {"void.json": canonical(void | changes)}) for _, changes, _ in VOIDS])
    for (what, _, code), result in zip(VOIDS, results, strict=True):
        assert result["verdict"] == ("refused" if code else "verified"), (what, result["problems"])
        assert codes(result) == ([code] if code else []), (what, result["problems"])


def test_a_void_after_all_had_spoken_shows_what_would_have_come() -> None:
    full, nobody = run_jobs(
        [
            {"do": "verify", "dir": folder_of("v6-void")},
            verify_job(
                files_of("v6-void")
                | {"void.json": canonical(json.loads(files_of("v6-void")["void.json"]) | {"contributions": []})}
            ),
        ]
    )
    assert full["summary"]["hypothetical"] is True
    assert [len(stratum["selected"]) for stratum in full["summary"]["strata"]] == [3]
    assert full["teams"] == []
    assert nobody["summary"]["strata"] == []


def _supplement(number: int, files: dict[str, bytes], previous: str, /, **changes: Any) -> dict[str, bytes]:
    """A pending supplement on top of v4's draw, with secret and times of its own."""
    seal: dict[str, Any] = {
        "protocol": "MQ1", "draw_id": "V4", "number": number, "previous": sha256_hex(files[previous]),
        "kind": "inspector", "subject": "91370300199769218G", "inspector": "370302", "reason": "health",
        "conflicts": [], "unavailable": [], "witnesses": ["综合法规科"], "sealed_at": f"2026-04-{number:02}T01:00:00Z",
        "open_by": f"2026-04-{number:02}T09:00:00Z", "beacon": None,
        "commitment": commitment("V4", number, sha256_hex(f"{SECRET}{number}")),
    }  # fmt: skip
    return files | {f"supplement-{number}/seal.json": canonical(seal | changes)}


def _void(number: int, files: dict[str, bytes], /, **changes: Any) -> dict[str, bytes]:
    void: dict[str, Any] = {
        "protocol": "MQ1", "draw_id": "V4", "number": number,
        "seal": sha256_hex(files[f"supplement-{number}/seal.json"]), "reason": "监督人离场", "approver": "局主要领导",
        "voided_at": f"2026-04-{number:02}T02:00:00Z", "contributions": [], "beacon": None,
        "secret": sha256_hex(f"{SECRET}{number}"),
    }  # fmt: skip
    return files | {f"supplement-{number}/void.json": canonical(void | changes)}


def _v4() -> dict[str, bytes]:
    return {name: content for name, content in files_of("v4-supplements").items() if "/" not in name}


SUPPLEMENTS: list[tuple[str, dict[str, Any], str]] = [
    ("nothing changed", {}, ""),
    ("a subject that is not selected", {"subject": "91370300199618757D", "inspector": "370304"}, "not-selected"),
    ("an inspector of another team", {"inspector": "370307"}, "not-in-team"),
    ("an unknown subject", {"subject": "nobody"}, "supplement-ids"),
    ("an inspector where a subject is replaced", {"kind": "subject"}, "supplement-ids"),
    ("no inspector where one is replaced", {"inspector": ""}, "supplement-ids"),
    ("an unknown kind", {"kind": "swap"}, "supplement-kind"),
    ("the name of a property as kind", {"kind": "constructor"}, "supplement-kind"),
    ("another number", {"number": 2}, "supplement-head"),
    ("true as number", {"number": True}, "supplement-head"),
    ("another draw", {"draw_id": "V8"}, "supplement-head"),
    ("a reason with a space", {"reason": "ill health"}, "supplement-reason"),
    ("unavailable twice", {"unavailable": ["370303", "370303"]}, "supplement-ids"),
    ("unavailable unsorted", {"unavailable": ["370304", "370303"]}, "supplement-ids"),
    ("unavailable unknown", {"unavailable": ["999999"]}, "supplement-ids"),
    ("a conflict of an unknown inspector", {"conflicts": [["91370300199769218G", "999999"]]}, "supplement-ids"),
    ("a conflict of three", {"conflicts": [["91370300199769218G", "370303", "370304"]]}, "supplement-ids"),
    ("sealed before the opening", {"sealed_at": "2026-03-02T01:29:59Z"}, "supplement-time"),
    ("exchange without conflict", {"kind": "exchange"}, "exchange-no-conflict"),
    ("no witness", {"witnesses": []}, "witnesses"),
    ("witnesses with none of the draw", {"witnesses": ["企业代表", "群众代表"]}, ""),
]


def test_supplements_are_held_to_the_letter() -> None:
    results = run_jobs([verify_job(_supplement(1, _v4(), "result.json", **changes)) for _, changes, _ in SUPPLEMENTS])
    for (what, _, code), result in zip(SUPPLEMENTS, results, strict=True):
        assert result["verdict"] == ("refused" if code else "pending"), (what, result["problems"])
        assert (code in codes(result)) == bool(code), (what, result["problems"])


def test_what_a_voided_supplement_found_holds_and_may_be_listed_again() -> None:
    absent = "370303"
    fresh = _supplement(1, _v4(), "result.json")
    voided = _void(1, _supplement(1, _v4(), "result.json", unavailable=[absent]))
    after = _supplement(2, voided, "supplement-1/void.json")
    again = _supplement(2, voided, "supplement-1/void.json", unavailable=[absent])
    results = run_jobs([verify_job(files) for files in (fresh, after, again)])
    assert [result["verdict"] for result in results] == ["pending"] * 3, [result["problems"] for result in results]
    counts = [result["summary"]["supplements"][-1]["candidates"] for result in results]
    assert counts[1] == counts[2] == counts[0] - 1


def test_nobody_counts_as_replaced_by_a_voided_supplement() -> None:
    before = _supplement(1, _v4(), "result.json")
    after = _supplement(2, _void(1, before), "supplement-1/void.json")
    results = run_jobs([verify_job(files) for files in (before, after)])
    counts = [result["summary"]["supplements"][-1]["candidates"] for result in results]
    assert counts[0] == counts[1]


def test_only_the_last_supplement_may_be_pending_and_secrets_are_fresh() -> None:
    first = _supplement(1, _v4(), "result.json")
    gap = _supplement(2, first, "supplement-1/seal.json")
    used = json.loads(_v4()["reveal.json"])["secret"]
    reused = _void(1, _supplement(1, _v4(), "result.json", commitment=commitment("V4", 1, used)), secret=used)
    unnumbered = _void(1, _supplement(1, _v4(), "result.json", commitment=commitment("V4", 0, SECRET)), secret=SECRET)
    results = run_jobs([verify_job(files) for files in (gap, reused, unnumbered)])
    assert [codes(result) for result in results] == [["files"], ["secret-twice"], ["void-secret"]]


def test_the_census_tells_what_a_watchful_reader_asks() -> None:
    [result] = run_jobs([{"do": "verify", "dir": folder_of("v4-supplements")}])
    census = {item["title"]: item["rows"] for item in result["census"]}
    rows = [line.split("\t") for line in files_of("v4-supplements")["subjects.tsv"].decode().splitlines()]
    assert sum(int(count) for _, count in census["检查对象的状态"]) == len(rows)
    lots = [row[2] for row in rows]
    assert census["签数"] == [[f"{count} 支签", str(lots.count(count))] for count in ("1", "2", "3")]
    assert census["谁献了数"][0][:3] == ["抽取", "1", "综合法规科"]
    assert len(census["谁献了数"]) == 9  # the draw, seven supplements opened, one voided after its witness had spoken
    assert census["封存了多久"][0][3:] == ["30 分", ""]
    kinds = {(row[0], row[1], row[2]): row[3] for row in census["补充抽取与作废"]}
    assert kinds["更换检查人员", "health", "已作废"] == "2"
    assert kinds["更换检查人员", "health", "已开签"] == "1"
    assert kinds["互换检查人员", "interest", "已开签"] == "1"
    # Supplement 3 lists 370306 as unavailable; teams at the end still hold him.
    after = json.loads((VECTORS / "v4-teams-after.json").read_bytes())
    absent = sorted([subject, "370306"] for subject, team in after.items() if "370306" in team)
    assert absent
    assert sorted(census["不能出勤却仍在组内"]) == absent
    assert census["现有派员碰上回避关系"] == []


def test_the_census_tells_who_is_not_there_by_the_draws_own_lot() -> None:
    """A10.1: appointments and joinings with ground and approver; who leads, out of how many."""
    mixed, plain = run_jobs([{"do": "verify", "dir": folder_of(name)} for name in ("v14-mixed", "v4-supplements")])
    census = {item["title"]: item["rows"] for item in mixed["census"]}
    files = files_of("v14-mixed")
    seals = [json.loads(files[f"supplement-{number}/seal.json"]) for number in range(1, 17)]
    appointments = [seal for seal in seals if seal["kind"] == "appointment"]
    assert [row[1:] for row in census["非抽签产生（直接委派）"]] == [
        [seal["subject"], seal["inspector"], seal["appointed"], seal["ground"], seal["approver"]]
        for seal in appointments
    ]
    joined = [pair for seal in seals if "joining" in seal for pair in seal["joining"]["inspectors"]]
    assert [row[1:3] for row in census["封存之后加入的执法检查人员"]] == joined
    rows = [line.split("\t") for line in files["inspectors.tsv"].decode().splitlines()]
    assert census["牵头科室"][0][:2] == ["节能科", str(sum(row[1:] == ["节能科", "in"] for row in rows))]
    marked = [[item["subject"], name] for item in mixed["teams"] for name in item["appointed"]]
    assert census["检查组中非抽签产生的人员"] == marked
    titles = {item["title"] for item in plain["census"]}
    assert not titles & {"非抽签产生（直接委派）", "封存之后加入的执法检查人员", "牵头科室", "检查组中非抽签产生的人员"}


def test_an_appointment_without_result_is_pending_and_changes_nothing_yet() -> None:
    files = files_of("v13-appointment-none")
    kept = {name: content for name, content in files.items() if name.partition("/")[0][:11] != "supplement-"}
    first = {"supplement-1/seal.json": files["supplement-1/seal.json"]}
    [result] = run_jobs([verify_job(kept | first)])
    assert (result["verdict"], result["problems"]) == ("pending", [])
    assert [item["team"] for item in result["teams"]] == [[]] * 4
    assert result["steps"][-2]["title"] == "尚无结果"
