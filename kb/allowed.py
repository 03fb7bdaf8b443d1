"""What a stranger's statement may say: known tables and listed functions.

An allow-list, because DuckDB keeps adding functions: one that is not listed is refused until somebody has looked at it.
Left out on purpose are those that read files or settings (`read_csv`, `getenv`) and those that make much out of little
(`range`, `repeat`, `lpad`, `format`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from formulas.errors import BadInput, near

Json = Any

DEEPEST = 200

LISTED = {
    "operators, and what the parser makes of syntax": """
        + - * / // % ^ ** & | << >> ~ || ~~ !~~ ~~* !~~* ~~~ ^@ -> ->> like_escape not_like_escape ilike_escape
        not_ilike_escape list_value struct_pack row array_extract struct_extract list_extract date_part unnest
    """,
    "numbers": """
        abs add cbrt ceil ceiling divide even exp fdiv floor gcd greatest isfinite isinf isnan lcm least ln log log10
        log2 mod multiply pow power round round_even sign sqrt subtract trunc
    """,
    "text": """
        ascii chr concat concat_ws contains damerau_levenshtein editdist3 ends_with instr jaccard jaro_similarity
        jaro_winkler_similarity lcase left len length levenshtein lower ltrim position prefix regexp_extract
        regexp_full_match regexp_matches regexp_replace replace reverse right rtrim split_part starts_with str_split
        string_split strlen strpos substr substring suffix trim typeof ucase unicode upper
    """,
    "dates, lists, JSON": """
        array_length array_to_string date_diff date_sub date_trunc datediff day json_array_length json_contains
        json_extract json_extract_string json_keys json_type json_valid list_avg list_contains list_distinct list_has
        list_max list_min list_sort list_sum month quarter strftime year
    """,
    "conditions": "coalesce if ifnull nullif",
    "aggregates": """
        any_value approx_count_distinct approx_quantile arg_max arg_min array_agg avg bit_and bit_or bool_and bool_or
        corr count count_if count_star covar_pop covar_samp entropy favg first fsum geomean geometric_mean group_concat
        grouping grouping_id histogram kahan_sum kurtosis last list listagg mad max max_by mean median min min_by mode
        product quantile quantile_cont quantile_disc regr_count regr_intercept regr_r2 regr_slope skewness stddev
        stddev_pop stddev_samp string_agg sum sumkahan var_pop var_samp variance
    """,
    "windows": """
        cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank rank_dense row_number
    """,
}
FUNCTIONS = frozenset(name for names in LISTED.values() for name in names.split())


@dataclass
class Reading:
    """What a walk over a statement found: the known tables it reads and the texts it compares columns with."""

    tables: list[str] = field(default_factory=list)
    compared: list[tuple[str, str]] = field(default_factory=list)


def check(serialized: Json, known: Mapping[str, list[str]]) -> Reading:
    """Walk a statement as `json_serialize_sql` gives it. Raises `BadInput` for a table or function that is not allowed."""
    reading = Reading()
    try:
        _walk(serialized, frozenset(), known, reading, 0)
    except RecursionError:
        raise BadInput("the query is nested too deeply") from None
    return reading


def _walk(node: Json, ctes: frozenset[str], known: Mapping[str, list[str]], reading: Reading, depth: int) -> None:
    if depth > DEEPEST:
        raise BadInput("the query is nested too deeply")
    if isinstance(node, list):
        for part in node:
            _walk(part, ctes, known, reading, depth + 1)
    if not isinstance(node, dict):
        return
    for entry in (node.get("cte_map") or {}).get("map", ()):
        # A common table expression sees those before it, and itself only if it is truly recursive: its name must not
        # open a system view that happens to be called the same.
        query = entry["value"]["query_node"]
        itself = {entry["key"].lower()} if query["type"] == "RECURSIVE_CTE_NODE" else set()
        _walk(entry["value"], ctes | itself, known, reading, depth + 1)
        ctes |= {entry["key"].lower()}
    match node.get("type"):
        case "BASE_TABLE":
            _table(node, ctes, known, reading)
        case "TABLE_FUNCTION":
            raise BadInput(f"no function gives rows here: `{_function(node)}`; read a table: {', '.join(known)}")
        case "SHOW_REF" if node["query"] is None and node["table_name"].strip('"') != "tables":
            raise BadInput("SHOW takes TABLES here, and DESCRIBE the name of a table")
        case "COMPARE_EQUAL" | "COMPARE_IN":
            reading.compared += _comparisons(node)
        case "VALUE_PARAMETER":
            raise BadInput("`?` and `$` stand for values that a query here does not get; write the value itself")
    if "function_name" in node and (name := node["function_name"].lower()) not in FUNCTIONS:
        raise BadInput(f"no function `{name}` here{near(name, FUNCTIONS)}")
    for key, part in node.items():
        if key != "cte_map":
            _walk(part, ctes, known, reading, depth + 1)


def _table(node: Json, ctes: frozenset[str], known: Mapping[str, list[str]], reading: Reading) -> None:
    name, path = node["table_name"], node["qualified_name"]["path"]
    if len(path) == 1 and name.lower() in ctes:
        return
    real = {table.lower(): table for table in known}.get(name.lower())
    if real is None or path not in ([name], ["main", name]):
        asked = ".".join(path)
        raise BadInput(f"no table `{asked}`{near(name, known) or '; there are ' + ', '.join(known)}")
    reading.tables.append(real)


def _function(node: Json) -> str:
    return str(node["function"].get("function_name", ""))


def _comparisons(node: Json) -> Iterator[tuple[str, str]]:
    """(column, text) of `column = 'text'` and `column IN ('text', …)`."""
    first, *others = node["children"] if "children" in node else (node["left"], node["right"])
    for other in others:
        pair = {part["class"]: part for part in (first, other)}
        literal = pair.get("CONSTANT", {}).get("literal", {})
        if "COLUMN_REF" in pair and literal.get("kind") == "STRING":
            yield pair["COLUMN_REF"]["column_names"][-1], literal["text"]
