"""Makes the pictures of this folder and expected.json, the text written in them in reading order.

    python3 make.py        needs Pillow and Debian's fonts-dejavu, fonts-liberation and fonts-noto-cjk
"""

import json
import random
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

HERE = Path(__file__).parent
FONTS = Path("/usr/share/fonts")
SANS = FONTS / "truetype/dejavu/DejaVuSans.ttf"
BOLD = FONTS / "truetype/dejavu/DejaVuSans-Bold.ttf"
SERIF = FONTS / "truetype/liberation/LiberationSerif-Regular.ttf"
ARIAL = FONTS / "truetype/liberation/LiberationSans-Regular.ttf"
MONO = FONTS / "truetype/dejavu/DejaVuSansMono.ttf"
CHINESE = FONTS / "opentype/noto/NotoSansCJK-Regular.ttc"

expected = {}


class Page:
    """A picture under construction that remembers the text written on it."""

    def __init__(self, size, ground):
        self.image = Image.new("RGB", size, ground)
        self.lines = []

    def write(self, at, text, font, size, colour, angle=0):
        """Writes a line whose left end and middle height lie at `at`, turned counter-clockwise around its left end."""
        face = ImageFont.truetype(str(font), size)
        if angle == 0:
            ImageDraw.Draw(self.image).text(at, text, font=face, fill=colour, anchor="lm")
        else:
            reach = round(face.getlength(text)) + size
            mask = Image.new("L", (2 * reach, 2 * reach), 0)
            ImageDraw.Draw(mask).text((reach, reach), text, font=face, fill=255, anchor="lm")
            mask = mask.rotate(angle, resample=Image.Resampling.BICUBIC)
            self.image.paste(Image.new("RGB", mask.size, colour), (at[0] - reach, at[1] - reach), mask)
        self.lines.append(text)

    def save(self, name, **options):
        self.image.save(HERE / name, **options)
        expected[name] = self.lines


def photograph(size, low, high, seed):
    """A ground like an unsharp photograph: two colours mixed by noise of several scales, darker downwards, with grain."""
    rng = random.Random(seed)
    mix = Image.new("L", size, 0)
    for cells, share in ((5, 1.0), (14, 0.5), (40, 0.25)):
        noise = Image.new("L", (cells, max(2, cells * size[1] // size[0])))
        noise.putdata([rng.randrange(256) for _ in range(noise.width * noise.height)])
        mix = Image.blend(mix, noise.resize(size, Image.Resampling.BICUBIC), share)
    shade = Image.linear_gradient("L").rotate(180).resize(size)
    mix = Image.blend(mix, shade, 0.35)
    grain = Image.new("L", size)
    grain.putdata([rng.choice((112, 128, 144)) for _ in range(size[0] * size[1])])
    mix = ImageChops.add(mix, grain, offset=-128).filter(ImageFilter.GaussianBlur(0.8))
    mix = mix.quantize(24).convert("L")
    return Image.composite(Image.new("RGB", size, high), Image.new("RGB", size, low), mix)


def sample():
    page = Page((736, 544), "white")
    page.write((36, 52), "Reading text in pictures", BOLD, 40, (20, 20, 20))
    page.write((38, 112), "The quick brown fox jumps over the lazy dog.", SANS, 22, (40, 40, 40))
    page.write((38, 154), "Order 4711 of 23 May 2024: 3 x 12.50 = 37.50 EUR", SANS, 22, (40, 40, 40))
    page.write((52, 290), "Tilted lines are read as well", SERIF, 34, (30, 30, 120), angle=10)
    page.image.paste(photograph((672, 108), (14, 46, 72), (120, 150, 110), seed=4), (32, 322))
    page.write((60, 374), "Sunset over the harbour", BOLD, 38, (255, 214, 64))
    page.write((38, 482), "春眠不觉晓处处闻啼鸟", CHINESE, 36, (20, 20, 20))
    page.save("sample.png", optimize=True)


def receipt():
    page = Page((480, 448), (246, 243, 234))
    rows = ["The Corner Bakery", "Oat biscuits 3.75", "Rye bread 4.20", "Coffee and tea 11.90", "Total 19.85", "Paid by card", "Thank you for your visit"]
    for i, text in enumerate(rows):
        page.write((60, 48 + 58 * i), text, BOLD if i == 0 else SERIF, 32 if i == 0 else 30, (45, 40, 40))
    page.image = page.image.filter(ImageFilter.GaussianBlur(0.6))
    page.save("receipt.jpg", quality=82)


def turned():
    """Stored lying on its side, as a camera held upright does; EXIF orientation 6 says how to turn it."""
    page = Page((416, 608), (226, 232, 238))
    rows = ["Trains to the north", "from platform 9", "Edinburgh at 08:15", "Newcastle at 09:40", "Glasgow at 10:05", "Aberdeen at 11:30", "Mind the gap"]
    for i, text in enumerate(rows):
        page.write((44, 60 + 80 * i), text, ARIAL, 40 if i == 0 else 34, (16, 32, 72))
    page.image = page.image.transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6
    page.save("turned.jpg", quality=85, exif=exif)


def wide():
    page = Page((2400, 640), "white")
    page.image.paste(photograph((2400, 220), (230, 238, 246), (250, 250, 244), seed=9), (0, 0))
    page.write((90, 110), "International Conference on Coastal Weather", BOLD, 82, (10, 40, 80))
    page.write((90, 300), "Registration opens on Monday at 8:30 in the main hall", SANS, 64, (30, 30, 30))
    page.write((90, 430), "Lectures, workshops and a guided walk along the cliffs", SANS, 64, (30, 30, 30))
    page.write((90, 560), "第十二届海洋气象会议", CHINESE, 72, (150, 20, 20))
    page.save("wide.jpg", quality=80)


def small_print():
    page = Page((640, 288), "white")
    rows = [
        "This warranty covers defects in material and workmanship for two years.",
        "It does not cover damage caused by water, fire, misuse or lack of maintenance.",
        "Please keep the receipt: it is needed for any claim within 30 days.",
        "Returns must be sent to the address printed on the back of this sheet.",
        "Model KX-2750, serial number 80341962, input 230 V, output 12 V.",
        "Made in Portugal. Printed on recycled paper.",
    ]
    for i, text in enumerate(rows):
        page.write((24, 34 + 44 * i), text, SANS, 13, (50, 50, 50))
    page.save("small-print.png", optimize=True)


def upside_down():
    page = Page((544, 320), (250, 250, 250))
    rows = ["This side up", "Handle with care", "Gross weight 24 kg", "Keep away from heat"]
    for i, text in enumerate(rows):
        page.write((60, 50 + 74 * i), text, BOLD if i == 0 else ARIAL, 42 if i == 0 else 34, (120, 20, 20))
    page.image = page.image.rotate(180)
    page.save("upside-down.png", optimize=True)


def dark():
    page = Page((640, 384), (18, 22, 30))
    rows = [
        ("Questions? Call us!", (255, 255, 255), SANS),
        ("+44 20 7946 0958", (140, 220, 255), MONO),
        ("help@example.com", (150, 240, 160), SANS),
        ("https://example.org/docs?page=7", (255, 190, 120), MONO),
        ("Monday-Friday, 8:30-17:45", (220, 220, 220), SANS),
        ("(50% off; ends 12/31)", (250, 150, 190), SANS),
    ]
    for i, (text, colour, font) in enumerate(rows):
        page.write((44, 46 + 58 * i), text, font, 27, colour)
    page.save("dark.png", optimize=True)


def json_lines():
    """expected.json with one line for each picture, or one for each text where that would be too long."""
    for name, lines in expected.items():
        short = json.dumps(lines, ensure_ascii=False)
        long = json.dumps(lines, ensure_ascii=False, indent=2).replace("\n", "\n  ")
        yield f"  {json.dumps(name)}: {short if len(short) + len(name) < 110 else long}"


for make in (sample, receipt, turned, wide, small_print, upside_down, dark):
    make()
(HERE / "expected.json").write_text("{\n" + ",\n".join(json_lines()) + "\n}\n", encoding="utf-8")
