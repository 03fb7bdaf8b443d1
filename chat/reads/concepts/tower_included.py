"""Whether a model's name or count has its vision tower in it, or whether that comes on top: `is the ViT part of the 7B?`."""

_TOWER = r"(?:\b(?:vision|visual|image) (?:tower|encoder|part|side|module|backbone)s?|\bvit|\bvision transformer)\b"
_TOWER_ZH = r"(?:(?:视觉|图像)(?:塔|编码器?|部分|模块|侧|模型)|(?<![a-z])vit(?![a-z]))"
_ON = r"(?:[^.;?!]|\.(?=\d))"  # names of models have points in them
_INSIDE = r"\b(?:on top|included|counted|part of|in addition|additional(?:ly)?|extra|separate(?:ly)?|inside|within)\b"
TOWER_INCLUDED = "|".join(
    (
        rf"\b(?:is|are|whether|if|does|do)\b[^.;?!,]{{0,16}}{_TOWER}{_ON}{{0,40}}{_INSIDE}",
        rf"\b(?:is|does|do|whether|if)\b{_ON}{{0,40}}\b(?:includ(?:e|es|ing)|contain(?:s|ing)?|count(?:s|ing)?|cover(?:s|ing)?)\b[^.;?!,]{{0,20}}{_TOWER}",
        rf"(?:包不包[含括]|含不含|是否(?:已经?)?(?:包[含括]|算上|含))[^.;?!,]{{0,8}}{_TOWER_ZH}",
        rf"(?:包[含括]|算上|含)[^.;?!,]{{0,8}}{_TOWER_ZH}[^.;?!,]{{0,8}}[吗么]",
        rf"{_TOWER_ZH}[^.;?!]{{0,12}}(?:(?:另外?|单独|额外)(?:再)?(?:算|加|占|要)|算(?:不算)?(?:在|进)[^.;?!,]{{0,10}}[里内中吗么]|包不?包?[含括]?在|在不在|在内[吗么])",
    )
)
# several pictures in one sample, and not said how many
SEVERAL_PICTURES = r"\bmulti-?\s?(?:image|picture|photo)s?\b|\b(?:several|multiple|many|a few|some with (?:several|multiple)) (?:\w+ ){0,2}?(?:images?|pictures?|photos?|screenshots?)\b|(?<!\d)(?:多|好?几)张?(?:大)?(?:图|照片|截图)(?!形|像处理)"
