"""Objects that share what they have in common are used as any others."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, dataclass, replace

import pytest

from viewer.dicom.headers import InstanceHeader
from viewer.dicom.shared_fields import alike, changing_values, sharing


@sharing(own=("number",), varying=("window",))
@dataclass(frozen=True)
class Picture:
    """A small one."""

    number: int
    name: str
    window: tuple[float, ...] = ()
    sizes: tuple[int, ...] = (1, 2)

    def title(self) -> str:
        """Give what a method sees of the fields."""
        return f"{self.name} {self.number}"


def test_fields_are_given_by_place_or_name_and_have_their_defaults() -> None:
    picture = Picture(7, "Axial", sizes=(3,))
    assert (picture.number, picture.name, picture.window, picture.sizes) == (7, "Axial", (), (3,))
    assert picture.title() == "Axial 7"
    assert repr(picture).endswith("Picture(number=7, name='Axial', window=(), sizes=(3,))")


def test_values_that_are_missing_or_unknown_are_refused() -> None:
    with pytest.raises(TypeError, match="needs"):
        Picture(7)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="no field"):
        Picture(7, "Axial", colour="red")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="no field"):
        Picture(7, "Axial", (), (), ())  # type: ignore[call-arg]


@pytest.mark.parametrize(
    "changes", [{"number": 8}, {"name": "Coronal"}, {"window": (1.0,)}, {"sizes": ()}]
)
def test_each_field_counts_when_compared(changes: dict[str, object]) -> None:
    picture = Picture(7, "Axial")
    other = replace(picture, **changes)
    assert other != picture
    assert {picture: 1}.get(other) is None
    same = replace(other, number=7, name="Axial", window=(), sizes=(1, 2))
    assert same == picture
    assert {picture: 1}[same] == 1
    assert picture != "Axial"


@pytest.mark.parametrize("name", ["number", "name", "window"])
def test_no_field_can_be_set(name: str) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(Picture(7, "Axial"), name, None)


def test_headers_come_from_another_process_equal_and_still_share() -> None:
    headers = [
        InstanceHeader(f"/{n}", 1, 2, patient_name="Doe", rescale_slope=2.0, slice_location=1.0 * n)
        for n in range(3)
    ]
    come = [pickle.loads(pickle.dumps(header)) for header in headers]
    assert come == headers
    assert len({id(header.patient_name) for header in come}) == 1
    few, many = (len(pickle.dumps(headers[:count])) for count in (1, 3))
    assert many - few < 200  # what they share goes once


def test_one_made_alike_differs_in_what_may_change_alone() -> None:
    model = InstanceHeader("/a", 1, 2, patient_name="Doe", window_center=(40.0,), rows=512)
    values = changing_values(model)
    assert "patient_name" not in values
    made = alike(model, {**values, "path": "/b", "window_center": (50.0,)})
    assert made == replace(model, path="/b", window_center=(50.0,))
