"""Files of recipes are applied, and those of the project are found."""

from __future__ import annotations

from typing import Any

from tests.api.conftest import Api

FILE = """\
type: job
spec: {name: nightly, command: python run.py, retries: 2}
---
type: deployment
spec: {name: dash, command: python app.py, scale: 2}
"""


async def applied(api: Api, text: str, query: str = "") -> list[Any]:
    answer = await api("POST", f"recipes/apply{query}", raw=text.encode())
    assert answer.status == 200, answer
    return list(answer.body["results"])


def outcomes(results: list[Any]) -> list[str]:
    return [result["outcome"] for result in results]


async def test_a_file_is_applied_and_again_changes_nothing(api: Api) -> None:
    first = await applied(api, FILE)
    assert outcomes(first) == ["created", "created"]
    before = [(await api("GET", "recipes")).body["recipes"]]
    again = await applied(api, FILE)
    assert outcomes(again) == ["unchanged", "unchanged"]
    assert [result["id"] for result in again] == [result["id"] for result in first]
    assert [(await api("GET", "recipes")).body["recipes"]] == before
    assert outcomes(await applied(api, FILE.replace("scale: 2", "scale: 3"))) == [
        "unchanged",
        "updated",
    ]


async def test_trying_a_file_changes_nothing(api: Api) -> None:
    assert outcomes(await applied(api, FILE, "?dry_run=true")) == ["created", "created"]
    assert (await api("GET", "recipes")).body["recipes"] == []
    await applied(api, FILE)
    tried = await applied(api, FILE.replace("retries: 2", "retries: 1"), "?dry_run=true")
    assert outcomes(tried) == ["updated", "unchanged"]
    assert (await api("GET", "recipes/job/nightly")).body["spec"]["retries"] == 2


async def test_one_bad_recipe_keeps_no_other_from_being_applied_and_says_where(api: Api) -> None:
    bad = "type: job\nspec:\n  name: Bad Name\n  command: x\n  retries: many\n"
    failed, made = await applied(api, f"{bad}---\n{FILE.split('---')[0]}")
    assert (failed["outcome"], made["outcome"]) == ("failed", "created")
    places = {error["field"]: (error["line"], error["column"]) for error in failed["errors"]}
    assert places == {"spec.name": (3, 3), "spec.retries": (5, 3)}


async def test_what_is_exported_can_be_imported(api: Api) -> None:
    await applied(api, FILE)
    for kind, name in (("job", "nightly"), ("deployment", "dash")):
        text = (await api("GET", f"recipes/{kind}/{name}?format=yaml&values=true")).body.decode()
        assert outcomes(await applied(api, text)) == ["unchanged"]
        [new] = await applied(api, text.replace(f"name: {name}", "name: other"))
        assert new["outcome"] == "created"


async def test_what_can_not_be_read_is_refused_with_its_place(api: Api) -> None:
    for text, place in (("a: [1", "line 1"), ("a: 1\na: 2", "line 2, column 1"), ("", "")):
        answer = await api("POST", "recipes/apply", raw=text.encode())
        assert answer.status == 422
        assert place in answer.body["errors"][0]["field"]
    answer = await api("POST", "recipes/apply", raw=b"a: 1\nb: \xff\n")
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "line 2, column 4")


async def test_a_file_of_ten_megabytes_is_refused_and_says_so(api: Api) -> None:
    answer = await api("POST", "recipes/apply", raw=b"a: " + b"x" * 10_000_000)
    assert answer.status == 413
    assert "split" in answer.body["message"]


async def test_the_project_s_files_are_found_with_what_is_wrong_with_them(api: Api) -> None:
    assert (await api("GET", "recipes/files")).body == {"files": []}
    directory = api.project / ".saturn"
    directory.mkdir()
    (directory / "all.yaml").write_text(FILE)
    (directory / "bad.yml").write_text("a: [")
    (directory / "notes.txt").write_text("no recipe")
    (directory / "link.yaml").symlink_to("/etc/hostname")
    (directory / "large.json").write_bytes(b"[" + b" " * 2_000_000 + b"]")
    files = (await api("GET", "recipes/files")).body["files"]
    assert [(item["name"], item["recipes"]) for item in files] == [
        ("all.yaml", 2),
        ("bad.yml", None),
        ("large.json", None),
    ]
    assert "line" in files[1]["problem"] and "larger" in files[2]["problem"]
    assert (await api("GET", "recipes/files/all.yaml")).body == FILE.encode()
    for name in ("link.yaml", "notes.txt", "..%2fsecret.yaml", "none.yaml"):
        assert (await api("GET", f"recipes/files/{name}")).status == 404


async def test_an_older_recipe_is_applied_and_what_has_no_effect_is_named(api: Api) -> None:
    text = (
        "name: dash\nschema_version: 2022.08.01\n"
        "deployment: {command: python app.py, instance_count: 2, subdomain: dash}\n"
    )
    [result] = await applied(api, text)
    assert result["outcome"] == "created"
    assert any("routes" in warning for warning in result["warnings"])
    assert (await api("GET", "recipes/deployment/dash")).body["spec"]["scale"] == 2


async def test_a_name_that_yaml_reads_as_something_else_is_refused_in_words(api: Api) -> None:
    for name in ("1", "null", "2020-01-01"):
        recipe = (
            f"type: job\nspec: {{name: a, command: b, environment_variables: {{{name}: null}}}}"
        )
        [result] = await applied(api, recipe)
        assert result["outcome"] == "failed"
        assert result["errors"][0]["field"].startswith("spec.environment_variables.")
