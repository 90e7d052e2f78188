"""The windows on offer: automatic, the file's own, presets in the file's values, the user's."""

from __future__ import annotations

import pytest

from viewer.imaging.frame import FrameDescription
from viewer.imaging.suv import Suv
from viewer.imaging.voi import VoiWindow
from viewer.imaging.voi_choice import FixedVoi
from viewer.session.windows import window_options


def names(description: FrameDescription, modality: str, *user: VoiWindow) -> list[str]:
    return [option.name for option in window_options(description, modality, user)]


def test_the_files_windows_come_before_presets_and_the_users_come_last() -> None:
    description = FrameDescription(1, 1, vois=(VoiWindow(1, 2, explanation="OWN"),))
    found = names(description, "CT", VoiWindow(7, 9, explanation="Mine"))
    assert found[:2] == ["Automatic", "OWN  1 / 2"]
    assert "Mediastinum  40 / 400" in found
    assert "Lung  -600 / 1500" in found
    assert found[-1] == "Mine  7 / 9"


def test_pet_presets_are_windows_in_suv_over_the_files_values() -> None:
    description = FrameDescription(1, 1, suv=Suv(bw=0.0004))
    [option] = [o for o in window_options(description, "PT") if o.name == "SUVbw 0 to 5"]
    assert isinstance(option.choice, FixedVoi)
    window = option.choice.voi
    assert isinstance(window, VoiWindow)
    assert (window.center, window.width) == pytest.approx((6250, 12500))
    assert window.function == "LINEAR_EXACT"


@pytest.mark.parametrize("suv", [None, Suv(reason="PatientWeight is missing.")])
def test_without_suv_there_are_no_presets_in_suv(suv: Suv | None) -> None:
    assert names(FrameDescription(1, 1, suv=suv), "PT") == ["Automatic"]


def test_the_names_of_others_are_shown_as_plain_text() -> None:
    assert names(FrameDescription(1, 1), "MR", VoiWindow(1, 2, explanation="a\nb"))[-1] == (
        "a⏎b  1 / 2"
    )
