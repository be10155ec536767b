"""Small but real media work with nothing but Python: YUV4MPEG2 video, WAV
audio and PPM images are recognised by their bytes, scaled down, written and
read back."""

import gzip
import hashlib
import math
import os
import struct
import wave
import zlib


class NotMedia(Exception):
    """The bytes are not what they should be."""


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as f:
        for block in iter(lambda: f.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


# Video: YUV4MPEG2, 4:2:0; renditions are gzipped.


def _open_video(path):
    with open(path, "rb") as f:
        zipped = f.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if zipped else open(path, "rb")


def read_video(path):
    """Yields the header (width, height, rate), then each frame's planes."""
    with _open_video(path) as f:
        header = f.readline(256)
        if not header.startswith(b"YUV4MPEG2 "):
            raise NotMedia(f"{path} has no YUV4MPEG2 header")
        fields = {x[:1]: x[1:].decode() for x in header.split()[1:]}
        width, height = int(fields[b"W"]), int(fields[b"H"])
        yield width, height, fields.get(b"F", "25:1")
        sizes = [width * height] + 2 * [(width // 2) * (height // 2)]
        while True:
            mark = f.readline(256)
            if not mark:
                return
            planes = [f.read(n) for n in sizes]
            if not mark.startswith(b"FRAME") or len(planes[2]) != sizes[2]:
                raise NotMedia(f"{path} ends in the middle of a frame")
            yield planes


def _smaller(plane, width, divide):
    rows = range(0, len(plane) - width + 1, width * divide)
    return b"".join(plane[r : r + width : divide] for r in rows)


def encode_video(source, target, divide):
    frames = read_video(source)
    width, height, rate = next(frames)
    if width % (2 * divide) or height % (2 * divide):
        raise NotMedia(f"{width}x{height} cannot be divided by {divide}")
    small = width // divide, height // divide
    # No name and no time in the gzip header: the same input gives the same bytes.
    with open(target, "wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as f:
        f.write(b"YUV4MPEG2 W%d H%d F%s Ip A1:1 C420jpeg\n" % (*small, rate.encode()))
        for luma, blue, red in frames:
            f.write(b"FRAME\n")
            f.write(_smaller(luma, width, divide))
            f.write(_smaller(blue, width // 2, divide))
            f.write(_smaller(red, width // 2, divide))


def describe_video(path):
    frames = read_video(path)
    width, height, rate = next(frames)
    return {"width": width, "height": height, "rate": rate, "frames": sum(1 for _ in frames)}


# Audio: 16-bit WAV.


def encode_audio(source, target, divide):
    with wave.open(source, "rb") as f:
        rate, channels, width = f.getframerate(), f.getnchannels(), f.getsampwidth()
        if width != 2:
            raise NotMedia(f"{source} has samples of {8 * width} bits, not 16")
        samples = memoryview(f.readframes(f.getnframes())).cast("h")
    kept = bytearray()
    for at in range(0, len(samples) - channels * divide + 1, channels * divide):
        for channel in range(channels):
            part = samples[at + channel : at + channels * divide : channels]
            kept += struct.pack("<h", sum(part) // len(part))
    with wave.open(target, "wb") as f:
        f.setparams((channels, width, rate // divide, 0, "NONE", "not compressed"))
        f.writeframes(bytes(kept))


def describe_audio(path):
    try:
        with wave.open(path, "rb") as f:
            return {
                "rate": f.getframerate(),
                "channels": f.getnchannels(),
                "seconds": round(f.getnframes() / f.getframerate(), 3),
            }
    except (wave.Error, EOFError) as e:
        raise NotMedia(f"{path} is no WAV file: {e}") from e


# Images: PPM in, PNG out.


def read_ppm(path):
    with open(path, "rb") as f:
        if f.readline(8).strip() != b"P6":
            raise NotMedia(f"{path} has no P6 header")
        width, height = map(int, f.readline(64).split())
        f.readline(16)
        pixels = f.read()
    if len(pixels) != width * height * 3:
        raise NotMedia(f"{path} holds {len(pixels)} bytes for {width}x{height} pixels")
    return width, height, pixels


def _png_part(name, data):
    return (
        struct.pack(">I", len(data))
        + name
        + data
        + struct.pack(">I", zlib.crc32(name + data))
    )


def encode_image(source, target, divide):
    width, height, pixels = read_ppm(source)
    small = width // divide, height // divide
    rows = bytearray()
    for y in range(small[1]):
        row = pixels[y * divide * width * 3 : (y * divide + 1) * width * 3]
        rows.append(0)
        for x in range(small[0]):
            rows += row[x * divide * 3 : x * divide * 3 + 3]
    with open(target, "wb") as f:
        f.write(b"\x89PNG\r\n\x1a\n")
        f.write(_png_part(b"IHDR", struct.pack(">IIBBBBB", *small, 8, 2, 0, 0, 0)))
        f.write(_png_part(b"IDAT", zlib.compress(bytes(rows), 9)))
        f.write(_png_part(b"IEND", b""))


def describe_image(path):
    with open(path, "rb") as f:
        start = f.read(33)
    if start[:2] == b"P6":
        width, height, _ = read_ppm(path)
    elif start[:8] == b"\x89PNG\r\n\x1a\n" and len(start) == 33:
        width, height = struct.unpack(">II", start[16:24])
        if struct.unpack(">I", start[29:33])[0] != zlib.crc32(start[12:29]):
            raise NotMedia(f"{path} has a damaged PNG header")
    else:
        raise NotMedia(f"{path} is neither PPM nor PNG")
    return {"width": width, "height": height}


ENCODERS = {
    "video": (encode_video, ".y4m.gz"),
    "audio": (encode_audio, ".wav"),
    "image": (encode_image, ".png"),
}
DESCRIBERS = {"video": describe_video, "audio": describe_audio, "image": describe_image}


def kind_of(path):
    with open(path, "rb") as f:
        start = f.read(12)
    if start.startswith((b"YUV4MPEG2", b"\x1f\x8b")):
        return "video"
    if start[:4] == b"RIFF" and start[8:] == b"WAVE":
        return "audio"
    if start.startswith((b"P6", b"\x89PNG")):
        return "image"
    return "unknown"


# Samples to run the pipeline on.


def make_samples(folder):
    os.makedirs(folder, exist_ok=True)
    width, height = 320, 176
    with open(os.path.join(folder, "testcard.y4m"), "wb") as f:
        f.write(b"YUV4MPEG2 W%d H%d F24:1 Ip A1:1 C420jpeg\n" % (width, height))
        ramp = bytes((x * 255) // width for x in range(width)) * 2
        half = width // 2 * (height // 2)
        for frame in range(48):
            at = frame * 6 % width
            f.write(b"FRAME\n" + ramp[at : at + width] * height)
            f.write(bytes([96 + frame]) * half + bytes([160 - frame]) * half)
    with wave.open(os.path.join(folder, "sweep.wav"), "wb") as f:
        f.setparams((1, 2, 32000, 0, "NONE", "not compressed"))
        turn = (math.sin(2 * math.pi * (220 + t / 64) * t / 32000) for t in range(64000))
        f.writeframes(b"".join(struct.pack("<h", int(20000 * x)) for x in turn))
    with open(os.path.join(folder, "card.ppm"), "wb") as f:
        f.write(b"P6\n256 192\n255\n")
        f.write(bytes(v for y in range(192) for x in range(256) for v in (x, y, x ^ y)))
    with open(os.path.join(folder, "notes.txt"), "wb") as f:
        f.write(b"A text that is no medium: the pipeline must refuse it.\n")
