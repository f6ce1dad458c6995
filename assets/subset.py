#!/usr/bin/python3
"""Make the CJK subset fonts in font/. See README.md for the commands and the reasons.

usage: subset.py NotoSansCJK-Regular.ttc NotoSansCJK-Bold.ttc FYNE_FONT_DIR REPOSITORY
"""
import io
import os
import sys

from fontTools import subset
from fontTools.ttLib import TTFont

SC_FACE = 2  # index of "Noto Sans CJK SC" in Debian's collections
EXTRA = "浏嗅阈熵昙"  # outside level 1, but words of the field need them
SOURCES = (".go", ".md", ".yaml", ".yml", ".json", ".txt", ".txtar", ".toml")


def level1():
    """The 3,755 characters of GB2312 level 1."""
    out = set()
    for hi in range(0xB0, 0xD8):
        for lo in range(0xA1, 0xFF):
            try:
                out.add(bytes((hi, lo)).decode("gb2312"))
            except UnicodeDecodeError:
                pass
    return out


def punctuation():
    """CJK punctuation, fullwidth forms, and the arrows and shapes that Noto Sans lacks. No Latin."""
    out = {chr(c) for c in range(0x3000, 0x3030)}
    out |= {chr(c) for c in range(0xFF01, 0xFF5F)} | {chr(0xFFE5)}
    out |= set("←↑→↓↔↕⇒⇔●■○□▲△▼▽◆◇★☆✓✗①②③④⑤⑥⑦⑧⑨⑩※℃")
    return out


def used(root):
    """Every Han character in the texts of the repository."""
    out = set()
    for folder, dirs, files in os.walk(root):
        dirs[:] = [d for d in dirs if not d.startswith(".") and d != "testdata"]
        for name in files:
            if name.endswith(SOURCES):
                with open(os.path.join(folder, name), encoding="utf-8", errors="ignore") as f:
                    out |= {c for c in f.read() if 0x3400 <= ord(c) < 0xA000}
    return out


def make(source, model, chars, out, family, wide=None):
    """Cut source down to chars plus the space; copy model's vertical metrics and space advance.

    wide is the advance of every character but the space, in units of an em of 1000.
    """
    font = TTFont(source, fontNumber=SC_FACE)
    opts = subset.Options()
    opts.layout_features = []
    opts.hinting = False
    opts.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    opts.notdef_outline = True
    opts.drop_tables += ["GPOS", "GSUB", "GDEF", "BASE", "VORG", "vhea", "vmtx", "DSIG"]
    sub = subset.Subsetter(opts)
    sub.populate(unicodes=sorted({ord(c) for c in chars} | {0x20}))
    sub.subset(font)
    like = TTFont(model)
    scale = font["head"].unitsPerEm / like["head"].unitsPerEm
    for table, fields in {
        "hhea": ("ascent", "descent", "lineGap"),
        "OS/2": ("sTypoAscender", "sTypoDescender", "sTypoLineGap", "usWinAscent", "usWinDescent"),
    }.items():
        for f in fields:
            setattr(font[table], f, round(getattr(like[table], f) * scale))
    cmap, metrics = font.getBestCmap(), font["hmtx"].metrics
    if wide:
        for name in set(cmap.values()):
            old, bearing = metrics[name]
            metrics[name] = (wide, bearing + (wide - old) // 2)
        shift(font, {n for n in cmap.values()}, wide)
    space = like["hmtx"].metrics[like.getBestCmap()[0x20]][0]
    metrics[cmap[0x20]] = (round(space * scale), 0)
    for rec in font["name"].names:
        if rec.nameID in (1, 4, 16):
            rec.string = family
        elif rec.nameID == 6:
            rec.string = family.replace(" ", "")
    font["head"].modified = font["head"].created  # the same input gives the same bytes
    font.recalcTimestamp = False
    buf = io.BytesIO()
    font.save(buf)
    with open(out, "wb") as f:
        f.write(buf.getvalue())
    print(out, len(buf.getvalue()), "bytes", len(cmap), "characters")


def shift(font, names, wide):
    """Centre the outlines of names in their new advance."""
    from fontTools.pens.t2CharStringPen import T2CharStringPen
    from fontTools.pens.transformPen import TransformPen

    glyphs, top = font.getGlyphSet(), font["CFF "].cff.topDictIndex[0]
    strings = top.CharStrings
    for name in sorted(names):
        old = strings[name]
        pen = T2CharStringPen(None, glyphs)
        dx = (wide - 1000) / 2
        glyphs[name].draw(TransformPen(pen, (1, 0, 0, 1, dx, 0)))
        strings[name] = pen.getCharString(old.private, old.globalSubrs)


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    regular, bold, fyne, root = sys.argv[1:]
    here = os.path.dirname(os.path.abspath(__file__))
    chars = level1() | punctuation() | set(EXTRA) | used(root)
    out = lambda name: os.path.join(here, "font", name)
    make(regular, os.path.join(fyne, "NotoSans-Regular.ttf"), chars, out("cjk-regular.otf"), "tcptalk CJK")
    make(bold, os.path.join(fyne, "NotoSans-Bold.ttf"), chars, out("cjk-bold.otf"), "tcptalk CJK")
    # Monospace: every character is exactly two columns of DejaVu Sans Mono (2 × 1233/2048 em).
    make(regular, os.path.join(fyne, "DejaVuSansMono-Powerline.ttf"), chars - set("←↑→↓↔↕⇒⇔●■○□▲△▼▽◆◇★☆✓✗"),
         out("cjk-mono.otf"), "tcptalk CJK Mono", wide=1204)


if __name__ == "__main__":
    main()
