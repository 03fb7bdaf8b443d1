"""What people call a family of models otherwise; each name is spelled as in the table."""

NICKNAMES = {
    "通义千问": "qwen", "千问": "qwen", "羊驼": "llama", "百川": "baichuan", "智谱": "glm", "书生浦语": "internlm",
    "书生": "internlm", "混元": "hunyuan", "零一万物": "yi", "深度求索": "deepseek", "文心": "ernie", "面壁": "minicpm",
    "满血版deepseek": "deepseek-r1", "满血deepseek": "deepseek-r1", "deepseek满血": "deepseek-r1", "满血ds": "deepseek-r1",
    "ds": "deepseek", "r1": "deepseek-r1",
}  # fmt: skip
