"""The options of ``negato export``: what they are, and the order that they make.

What of the paths is meant is left to `export_selection`.
"""

from __future__ import annotations

import argparse

from viewer.commands.controlled import configure_control
from viewer.commands.export_looks import AskedWindow
from viewer.commands.export_names import FIELDS
from viewer.commands.export_pipeline import (
    FORMATS,
    Pipeline,
    pipeline_of_steps,
    read_pipeline,
)
from viewer.commands.export_plan import SEEN_FORMATS, SUFFIXES, VOLUME_FORMATS
from viewer.commands.export_writing import ExportOrder
from viewer.dicom.errors import NegatoError
from viewer.dicom.rendering import Look, Values
from viewer.formats.pictures import Encoding
from viewer.imaging.turning import Turn

_ENCODINGS: dict[str, Encoding] = {"png": "png", "jpeg": "jpeg", "gif": "gif", "webp": "webp"}
_MOST_FPS = 1000


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EPILOG
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="folder, ZIP, disc, or file; one file alone brings the rest of its series",
    )
    parser.add_argument(
        "-o", "--output", required=True, metavar="OUT", help="a folder; or a file, for one alone"
    )
    parser.add_argument(
        "--format",
        choices=sorted(SUFFIXES),
        help="png, jpeg: a file a frame; tiff (pages), gif, webp, mp4, npy, npz, nifti, nrrd: a "
        "file a stack; dicom: the files as they are",
    )
    _configure_selection(parser)
    _configure_look(parser)
    _configure_files(parser)
    configure_control(parser)


def _configure_selection(parser: argparse.ArgumentParser) -> None:
    chosen = parser.add_argument_group("what of it (all, if not said)")
    chosen.add_argument(
        "--stack", action="append", default=[], metavar="UID", help="may be repeated"
    )
    chosen.add_argument(
        "--series", action="append", default=[], metavar="UID", help="may be repeated"
    )
    chosen.add_argument("--frames", default="", metavar="1-20,33", help="of each stack, from 1 on")


def _configure_look(parser: argparse.ArgumentParser) -> None:
    look = parser.add_argument_group("values and look")
    values = look.add_mutually_exclusive_group()
    values.add_argument(
        "--values",
        choices=("seen", "stored", "modality"),
        help="seen: 8 bit, through the window, as on screen, stretched where pixels are not "
        "square; stored: as in the file; modality: rescaled (CT: HU). If not said: seen for "
        "pictures and movies, stored for tiff, modality for arrays",
    )
    values.add_argument(
        "--raw", action="store_const", const="stored", dest="values", help="--values stored"
    )
    window = look.add_mutually_exclusive_group()
    window.add_argument(
        "--window",
        nargs=2,
        type=float,
        metavar=("C", "W"),
        help="centre and width in modality units (CT: HU); if not said, the file's first, else "
        "one for all frames of the stack, as the window shows it",
    )
    window.add_argument("--voi", type=int, metavar="N", help="the file's N-th window or VOI table")
    window.add_argument("--preset", default="", metavar="NAME", help="for CT: Lung, Bone...")
    look.add_argument("--invert", action="store_true", help="low values bright")
    look.add_argument("--turn", type=int, choices=(0, 90, 180, 270), default=0, help="clockwise")
    look.add_argument("--mirror", action="store_true", help="left to right, after the turn")
    look.add_argument("--no-overlays", action="store_true", help="leave out the file's overlays")
    look.add_argument(
        "--no-shutter", action="store_true", help="show what the file's display shutter hides"
    )


def _configure_files(parser: argparse.ArgumentParser) -> None:
    files = parser.add_argument_group("files")
    files.add_argument(
        "--name", metavar="PATTERN", help="names without their ending; fields are listed below"
    )
    pipeline = files.add_mutually_exclusive_group()
    pipeline.add_argument(
        "--pipeline", metavar="FILE.toml", help="do these steps to volumes; an example is below"
    )
    pipeline.add_argument(
        "--step",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="a step of a pipeline, such as 'clip=[-1000, 400]'; may be repeated",
    )
    files.add_argument("--replace", action="store_true", help="replace files that are there")
    files.add_argument(
        "--quality", type=int, default=90, metavar="N", help="of jpeg and webp, 1 to 100 (90)"
    )
    files.add_argument(
        "--fps",
        type=float,
        metavar="N",
        help="of gif, webp, mp4; if not said, what the file says, else 15",
    )
    files.add_argument(
        "--uncompressed", action="store_true", help="tiff, npz, nifti (.nii), nrrd: quick, large"
    )
    files.add_argument("--dry-run", action="store_true", help="tell the files, and write none")


_PIPELINE = """
a pipeline, for npz (if nothing is said), npy, nifti or nrrd; with manifest.csv and manifest.json:
  format = "npz"
  [[step]]
  values = "hu"                                # others are refused; modality, stored
  [[step]]
  straighten = {fill = -1024}                  # where the gantry was tilted
  [[step]]
  resample = {spacing_mm = [1.0, 1.0, 1.0]}    # or shape; method = "linear" or "nearest"
  [[step]]
  fit = {shape = [128, 256, 256], fill = -1024}    # cropped or padded about the centre
  [[step]]
  clip = [-1000, 400]                          # or window = [centre, width]
  [[step]]
  normalise = "unit"                           # 0 to 1, of the clip if there is one; zscore
  [[step]]
  dtype = "float32"
Linear resampling is trilinear; where voxels grow, it averages over their size.
"""
_EPILOG = (
    "fields of --name, with a width for numbers as in {frame:04}:\n"
    + "".join(f"  {{{name}}}: {text}\n" for name, text in FIELDS.items())
    + "Nothing of the patient is in a name unless you ask for it.\n"
    + _PIPELINE
)


def order_of(arguments: argparse.Namespace) -> ExportOrder:
    """Give what the options ask for.

    Raises
    ------
    NegatoError
        They do not go together, or say what there is not.
    MissingPartError
        The format needs a library that is not installed.
    """
    pipeline = _asked_pipeline(arguments)
    form: str = arguments.format or (pipeline.form or "npz" if pipeline else "")
    if not form:
        raise NegatoError(f"Say in which format with --format: {', '.join(sorted(SUFFIXES))}.")
    if pipeline is not None and form not in FORMATS:
        raise NegatoError(f"A pipeline writes {', '.join(FORMATS)}; {form} holds no volumes.")
    if not 1 <= arguments.quality <= 100:
        raise NegatoError("The quality is a number from 1 to 100.")
    if arguments.fps is not None and not 0 < arguments.fps <= _MOST_FPS:
        raise NegatoError("Frames a second are more than 0 and at most 1,000.")
    _check_installed(form)
    window = AskedWindow(
        None if arguments.window is None else tuple(arguments.window),
        arguments.voi,
        arguments.preset,
    )
    window.check()
    look = Look(
        values=_values(arguments, form, pipeline),
        encoding=_ENCODINGS.get(form, ""),
        inverted=arguments.invert,
        turn=Turn(arguments.turn // 90, arguments.mirror),
        shutter=not arguments.no_shutter,
        overlays=not arguments.no_overlays,
        quality=arguments.quality,
    )
    return ExportOrder(
        form,
        look,
        window,
        arguments.fps,
        not arguments.uncompressed,
        arguments.replace,
        pipeline,
    )


def _values(arguments: argparse.Namespace, form: str, pipeline: Pipeline | None) -> Values:
    asked: Values | None = arguments.values
    if pipeline is not None:
        if asked:
            raise NegatoError("The pipeline says which values; leave out --values and --raw.")
        return pipeline.values
    if asked is None:
        if form in SEEN_FORMATS:
            return "seen"
        return "stored" if form == "tiff" else "modality"
    if asked == "seen" and form in VOLUME_FORMATS:
        raise NegatoError(f"{form} holds values, not pictures; use --values modality or stored.")
    if asked != "seen" and form in SEEN_FORMATS and form != "png":
        raise NegatoError(f"{form} holds pictures of 8 bit; for other values, use png or tiff.")
    if asked == "modality" and form == "png":
        raise NegatoError("PNG holds no modality values; use tiff, or an array.")
    return asked


def _check_installed(form: str) -> None:
    if form == "mp4":
        from viewer.formats.movies import check_movies

        check_movies()
    elif form == "nifti":
        from viewer.formats.nifti import check_nifti

        check_nifti()


def _asked_pipeline(arguments: argparse.Namespace) -> Pipeline | None:
    if arguments.pipeline is not None:
        return read_pipeline(arguments.pipeline)
    return pipeline_of_steps(arguments.step) if arguments.step else None
