from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_saturn_deploy.workspace.image import read_image

VARIABLES = {
    "JUPYTER_IMAGE_SPEC": "quay.io/jupyter/base:1",
    "JUPYTER_IMAGE": "quay.io/jupyter/base:2",
    "SAGEMAKER_INTERNAL_IMAGE_URI": "sagemaker:3",
}


def test_a_configured_image_comes_before_all_others() -> None:
    image = read_image("mine:1", {**VARIABLES, "KUBERNETES_SERVICE_HOST": "10.0.0.1"})
    assert (image.value, image.source, image.not_from) == ("mine:1", "the setting image", ())


def test_spawners_variables_are_asked_in_their_order() -> None:
    left = dict(VARIABLES)
    for variable, value in VARIABLES.items():
        image = read_image("", left)
        assert (image.value, image.source) == (value, variable)
        del left[variable]
        assert f"{variable} is not set" in read_image("", left).not_from


def test_where_nothing_names_an_image_it_is_this_machine_and_says_why() -> None:
    image = read_image("", {})
    assert image.value == ""
    assert image.not_from == (
        "the setting image is empty",
        "not inside Kubernetes",
        "JUPYTER_IMAGE_SPEC is not set",
        "JUPYTER_IMAGE is not set",
        "SAGEMAKER_INTERNAL_IMAGE_URI is not set",
    )


def test_inside_kubernetes_it_says_why_the_pod_was_not_read(tmp_path: Path) -> None:
    pod = {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}
    token = tmp_path / "token"
    assert "no service-account token is mounted" in read_image("", pod, token).not_from[1]
    token.touch()
    assert "not supported yet" in read_image("", pod, token).not_from[1]


@pytest.mark.parametrize("value", ["a b", "a\nb", "bild:ä", "\udcff", "x" * 5000])
def test_a_variable_that_holds_no_image_name_is_passed_over(value: str) -> None:
    image = read_image("", {"JUPYTER_IMAGE_SPEC": value, "JUPYTER_IMAGE": "good"})
    assert image.value == "good"
    assert image.not_from[-1] == "JUPYTER_IMAGE_SPEC holds no image name"
