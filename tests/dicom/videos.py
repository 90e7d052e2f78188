"""Videos of a known pattern, encoded for tests."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

from tests.dicom import synthetic

ROWS, COLUMNS = 48, 64
SYNTAXES = {  # transfer syntax: encoder, elementary stream
    "1.2.840.10008.1.2.4.100": ("mpeg2video", "mpeg2video"),
    "1.2.840.10008.1.2.4.102": ("libx264", "h264"),
    "1.2.840.10008.1.2.4.107": ("libx265", "hevc"),
}
H264 = "1.2.840.10008.1.2.4.102"
COLOURS = np.array(
    [(200, 30, 40), (20, 180, 60), (30, 60, 210), (240, 240, 240), (10, 10, 10), (220, 200, 20)],
    np.uint8,
)


def pattern(frames: int) -> np.ndarray:
    """Give (frames, rows, columns, 3) RGB: two fields of colour, others in each frame."""
    stack = np.empty((frames, ROWS, COLUMNS, 3), np.uint8)
    for index in range(frames):
        stack[index, :, : COLUMNS // 2] = COLOURS[index % len(COLOURS)]
        stack[index, :, COLUMNS // 2 :] = COLOURS[(index * 5 + 2) % len(COLOURS)]
    return stack


def encode(stack: np.ndarray, syntax: str, *, matrix: int = 5, full_range: bool = False) -> bytes:
    """Encode frames as one elementary stream, with B-frames where the encoder makes them.

    ``matrix`` is a number of ITU-T H.273, table 4.
    """
    import av
    from av.video.reformatter import ColorRange

    encoder, form = SYNTAXES[syntax]
    wanted = ColorRange.JPEG if full_range else ColorRange.MPEG
    target = io.BytesIO()
    options = {"x265-params": "log-level=none"} if encoder == "libx265" else {}
    with av.open(target, "w", format=form) as container:
        stream = container.add_stream(encoder, rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = COLUMNS, ROWS, "yuv420p"
        stream.bit_rate = 4_000_000
        stream.codec_context.colorspace = matrix
        stream.codec_context.color_range = int(wanted)
        for pixels in stack:
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(
                format="yuv420p",
                dst_colorspace=matrix,
                src_color_range=ColorRange.JPEG,
                dst_color_range=wanted,
            )
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return target.getvalue()


def write(path: Path, stream: bytes, syntax: str, *, frames: int, parts: int = 1) -> str:
    """Write a stream as a DICOM file, in ``parts`` fragments."""
    size = -(-len(stream) // (2 * parts)) * 2  # fragments are even
    fragments = [stream[at : at + size] for at in range(0, len(stream), size)]
    return synthetic.write(
        path,
        np.zeros((ROWS, COLUMNS, 3), np.uint8),
        transfer_syntax=syntax,
        frames=fragments,
        NumberOfFrames=frames,
        PhotometricInterpretation="YBR_PARTIAL_420",
    )
