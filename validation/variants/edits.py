"""What phones, editors and people do to a clip: changes of its pictures and of their times."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Shown = tuple[float, Image]
"""When a picture is shown, in seconds of playback, and the picture."""
Frames = Iterator[Shown]
Edit = Callable[[Frames], Frames]


def each(change: Callable[[Image], Image]) -> Edit:
    """An edit of every picture by itself."""
    return lambda frames: ((t, np.ascontiguousarray(change(image))) for t, image in frames)


def slowed(factor: float) -> Edit:
    """Played so many times slower."""
    return lambda frames: ((factor * t, image) for t, image in frames)


def thinned(step: int, first: int = 0) -> Edit:
    """Only every so many-th picture, at its own time."""
    return lambda frames: (shown for k, shown in enumerate(frames) if k % step == first)


def slowed_middle(factor: int, start_s: float, stop_s: float) -> Edit:
    """As a phone exports slow motion: the ends in real time and thinned, the middle slowed."""

    def edit(frames: Frames) -> Frames:
        for k, (t, image) in enumerate(frames):
            inside = start_s <= t < stop_s
            if inside or k % factor == 0:
                yield t + (factor - 1) * (min(max(t, start_s), stop_s) - start_s), image

    return edit


def part(start_s: float, stop_s: float) -> Edit:
    """A part of the clip, from 0."""
    return lambda frames: ((t - start_s, im) for t, im in frames if start_s <= t < stop_s)


def repeated(times: int) -> Edit:
    """Every picture so many times in a row, in the time of one."""

    def edit(frames: Frames) -> Frames:
        before = None
        for shown in frames:
            if before is not None:
                step = (shown[0] - before[0]) / times
                yield from ((before[0] + i * step, before[1]) for i in range(times))
            before = shown

    return edit


def mixed(times: int) -> Edit:
    """Slowed so many times as an editor does it: new pictures mixed of the two beside them."""

    def edit(frames: Frames) -> Frames:
        before = None
        for t, image in frames:
            if before is not None:
                for i in range(times):
                    share = i / times
                    between = cv2.addWeighted(before[1], 1 - share, image, share, 0.0)
                    yield times * before[0] + i * (t - before[0]), np.asarray(between, np.uint8)
            before = (t, image)

    return edit


def backwards(frames: Frames) -> Frames:
    """Played from its end to its start."""
    shown = list(frames)
    return iter([(shown[-1][0] - t, image) for t, image in reversed(shown)])


def there_and_back(frames: Frames) -> Frames:
    """Played to its end, and from there back to its start."""
    shown = list(frames)
    last_s, before_s = shown[-1][0], shown[-2][0]
    again = ((2 * last_s - t + last_s - before_s, image) for t, image in reversed(shown))
    return iter([*shown, *again])


def cut_out(start_s: float, stop_s: float) -> Edit:
    """Without a part of it, the rest joined as an editor does."""
    return lambda frames: (
        (t - (stop_s - start_s) * (t >= stop_s), image)
        for t, image in frames
        if not start_s <= t < stop_s
    )


def pulled_down(frames: Frames) -> Frames:
    """Every fourth picture twice, all shown evenly: as 24 frames a second become 30."""
    times: list[float] = []
    images: list[Image] = []
    for k, (t, image) in enumerate(frames):
        times.append(t)
        images += [image, image] if k % 4 == 3 else [image]
    yield from zip(np.linspace(times[0], times[-1], len(images)), images, strict=True)


def uneven(seed: int) -> Edit:
    """As a phone in poor light: a picture in six is left out, the others keep their times."""

    def edit(frames: Frames) -> Frames:
        random = np.random.default_rng(seed)
        for k, shown in enumerate(frames):
            if k == 0 or random.random() > 1 / 6:
                yield shown

    return edit


def frozen(frames: Frames) -> Frames:
    """Now and then a picture is lost and the one before it shown instead."""
    before = None
    for k, (t, image) in enumerate(frames):
        before = image if before is None or k % 9 != 4 else before
        yield t, before


def at_rate(fps: float) -> Edit:
    """The same pictures as if they had been taken at another, nearly equal, rate."""
    return lambda frames: ((k / fps, image) for k, (_, image) in enumerate(frames))


def after(clips: list[Callable[[], Frames]], gap_s: float = 1 / 30) -> Edit:
    """Other clips behind this one, as cut together by an editor; brought to this one's size."""

    def edit(frames: Frames) -> Frames:
        last_s, size, offset_s = 0.0, (0, 0), 0.0
        for which in chain([lambda: frames], clips):
            for t, image in which():
                size = size if size[0] else (image.shape[1], image.shape[0])
                last_s = offset_s + t
                yield last_s, fitted(image, size)
            offset_s = last_s + gap_s

    return edit


def fitted(image: Image, size: tuple[int, int]) -> Image:
    """The picture in another size, with black bars where the shapes differ."""
    if (image.shape[1], image.shape[0]) == size:
        return image
    scale = min(size[0] / image.shape[1], size[1] / image.shape[0])
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    framed = np.zeros((size[1], size[0], 3), np.uint8)
    y, x = (size[1] - small.shape[0]) // 2, (size[0] - small.shape[1]) // 2
    framed[y : y + small.shape[0], x : x + small.shape[1]] = small
    return framed


def mirrored(image: Image) -> Image:
    """As a selfie camera stores it."""
    return image[:, ::-1]


def scaled(factor: float) -> Callable[[Image], Image]:
    """In another size; sides even, as the coders want them."""
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC

    def change(image: Image) -> Image:
        width, height = (2 * round(factor * side / 2) for side in image.shape[1::-1])
        return np.asarray(cv2.resize(image, (width, height), interpolation=how), np.uint8)

    return change


def column(left: float, right: float) -> Callable[[Image], Image]:
    """An upright part of the picture, between shares of its width."""
    return lambda im: im[:, 2 * int(left * im.shape[1] / 2) : 2 * int(right * im.shape[1] / 2)]


def pillarboxed(image: Image) -> Image:
    """Black bars at all sides, as in a clip that was shown in another shape."""
    return np.asarray(
        cv2.copyMakeBorder(image, 96, 96, 160, 160, cv2.BORDER_CONSTANT), dtype=np.uint8
    )


def with_player(image: Image) -> Image:
    """A recording of a screen: bars, a button in the middle, times and a slider at the bottom."""
    shown = pillarboxed(image)
    height, width = shown.shape[:2]
    white = (235, 235, 235)
    y = height - 48
    cv2.line(shown, (90, y), (width - 90, y), (110, 110, 110), 6)
    cv2.line(shown, (90, y), (width // 2, y), white, 6)
    cv2.circle(shown, (width // 2, y), 12, white, -1)
    cv2.putText(shown, "0:01", (20, y + 8), cv2.FONT_HERSHEY_SIMPLEX, 0.7, white, 2)
    cv2.putText(shown, "sprint.mov", (30, 44), cv2.FONT_HERSHEY_SIMPLEX, 0.9, white, 2)
    for x in (width - 80, width - 60):
        cv2.rectangle(shown, (x, 24), (x + 8, 56), white, -1)
    return shown


def backlit(image: Image) -> Image:
    """Against the light: the sky burnt out, dark things nearly black, flare over all."""
    light = image.astype(np.float32) / 255.0
    light = np.where(light < 0.5, 0.35 * light, 0.175 + 1.9 * (light - 0.5))
    return np.asarray(np.clip(255.0 * (0.05 + 0.95 * light), 0, 255), dtype=np.uint8)


def dusk(seed: int) -> Edit:
    """In the evening: a fifth of the light, and the noise that comes with it."""

    def edit(frames: Frames) -> Frames:
        random = np.random.default_rng(seed)
        for t, image in frames:
            noise = random.normal(0.0, 4.0, image.shape)
            yield t, np.clip(0.2 * image + 8 + noise, 0, 255).astype(np.uint8)

    return edit


def smeared(length_px: int) -> Callable[[Image], Image]:
    """Blurred along the picture, as by a long exposure of a moving camera."""
    return lambda image: np.asarray(cv2.blur(image, (length_px, 1)), np.uint8)


def rolled(turn_deg: float) -> Callable[[Image], Image]:
    """The camera held askew."""

    def change(image: Image) -> Image:
        height, width = image.shape[:2]
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), turn_deg, 1.0)
        turned = cv2.warpAffine(image, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(turned, np.uint8)

    return change


def quarter_turned(turns: int) -> Callable[[Image], Image]:
    """Lying on its side, by so many quarter turns to the left; the file says how to turn it."""
    return lambda image: np.rot90(image, turns)


def shaken(size_px: float, seed: int) -> Edit:
    """By a hand that is not steady: the picture strays slowly and trembles."""

    def edit(frames: Frames) -> Frames:
        random = np.random.default_rng(seed)
        at = np.zeros(2)
        for t, image in frames:
            at = 0.9 * at + random.normal(0.0, 0.3 * size_px, 2)
            move = np.array([[1.0, 0.0, at[0]], [0.0, 1.0, at[1]]])
            size = (image.shape[1], image.shape[0])
            yield t, np.asarray(
                cv2.warpAffine(image, move, size, borderMode=cv2.BORDER_REPLICATE), np.uint8
            )

    return edit
