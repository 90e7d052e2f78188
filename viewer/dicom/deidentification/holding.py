"""Which files are held back, as their pictures or documents may name the patient; and warnings."""

from __future__ import annotations

from collections.abc import Mapping

BURNED_IN, STRUCTURED = "burned-in", "structured-content"  # by what they are taken all the same

_STORAGE = "1.2.840.10008.5.1.4.1.1"
_CAPTURES = (f"{_STORAGE}.7",)
_ULTRASOUND = tuple(f"{_STORAGE}.{last}" for last in ("3", "3.1", "6", "6.1", "6.2", "6.3"))
_REPORTS = (f"{_STORAGE}.88.",)
_DOCUMENTS = (f"{_STORAGE}.104.",)
# pictures that machines write into: fluoroscopy, endoscopy, microscopy, photography
_WRITTEN_INTO = (f"{_STORAGE}.12.", f"{_STORAGE}.77.1.")
_SLIDES = f"{_STORAGE}.77.1.6"  # whole slides: labels are pictures of their own
_SHOWN = frozenset(("SCREEN SAVE", "SCREENSHOT", "SCREEN SHOT", "LABEL", "OVERVIEW"))
_DERIVED = frozenset(("SECONDARY", "OTHER"))
# Modality (PS3.3 C.7.3.1.1.1); HC is film that was scanned or printed
_MODALITIES = frozenset(("ES", "XC", "GM", "OP", "OT", "SC", "DOC", "US", "IVUS", "SM", "DG", "HC"))
_HEADS = frozenset(("HEAD", "BRAIN", "SKULL", "FACE", "HEADNECK", "NECK", "ORBIT", "JAW"))


def held_back(facts: Mapping[str, str], *, has_pixels: bool) -> tuple[str, str]:
    """Say why a file is held back, and by what it is taken all the same; "" where it is not.

    Parameters
    ----------
    facts : mapping
        Values by keyword, "" where there is none.
    """
    sop_class, burned_in = facts["SOPClassUID"], facts["BurnedInAnnotation"]
    kinds = frozenset(part.strip() for part in facts["ImageType"].split("\\"))
    if sop_class.startswith(_DOCUMENTS):
        return "An encapsulated document: nothing in it can be cleaned.", ""
    if sop_class.startswith(_REPORTS) or facts["Modality"] == "SR":
        return "A structured document, whose texts may name the patient.", STRUCTURED
    if not has_pixels:
        return "", ""
    reason = ""
    if burned_in not in ("", "NO"):
        reason = "It says that texts are burned into its picture."
    elif any(sop_class == one or sop_class.startswith(f"{one}.") for one in _CAPTURES):
        reason = "A secondary capture, whose picture may show the patient's name."
    elif sop_class in _ULTRASOUND or facts["Modality"] in ("US", "IVUS"):
        reason = "Ultrasound, whose picture may show the patient's name."
    elif kinds & _SHOWN:
        reason = "A screen save or label, whose picture may show the patient's name."
    elif not burned_in:
        reason = _unsaid(sop_class, kinds, facts["Modality"])
    return reason, BURNED_IN if reason else ""


def _unsaid(sop_class: str, kinds: frozenset[str], modality: str) -> str:
    """Say why a picture may be written into that does not say whether it is."""
    is_original = {"ORIGINAL", "PRIMARY"} <= kinds  # of which OTHER tells the kind: C.8.3.1.1.1
    if kinds & _DERIVED and not is_original:
        return "A derived picture that does not say whether texts are burned into it."
    written = sop_class.startswith(_WRITTEN_INTO) and sop_class != _SLIDES
    if written or modality in _MODALITIES:
        return "A picture of its kind often has texts burned in, and it does not say that not."
    return ""


def warnings_of(facts: Mapping[str, str], *, has_pixels: bool) -> list[str]:
    """Give what there is to say of a file that is taken."""
    found = []
    if has_pixels and facts["BurnedInAnnotation"] != "NO":
        found.append(
            "BurnedInAnnotation is not NO in all pictures: look at them before you pass them on."
        )
    region = facts["BodyPartExamined"].upper().replace(" ", "")
    is_volume = facts["Modality"] in ("CT", "MR", "PT")
    if facts["RecognizableVisualFeatures"] == "YES" or (is_volume and region in _HEADS):
        found.append("Pictures of a head: the face can be rebuilt from them, and is not removed.")
    return found
