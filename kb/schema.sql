-- The tables. One row is one claim, with its source and its grade of evidence.
-- A comment says what a column means and, first and in brackets, its unit; `kb tables NAME` prints them.
-- DuckDB has no domains, so the grades of evidence are spelled out once, as an enum.

CREATE TYPE grade AS ENUM ('measured', 'config', 'datasheet', 'paper', 'vendor-table', 'secondary', 'estimated');

CREATE TABLE sources (
    key   VARCHAR PRIMARY KEY CHECK (regexp_full_match(key, '[a-z0-9][a-z0-9._-]*')),
    title VARCHAR NOT NULL CHECK (length(title) > 3),
    url   VARCHAR CHECK (url LIKE 'https://%'),
    place VARCHAR,
    date  VARCHAR CHECK (regexp_full_match(date, '\d{4}(-\d\d(-\d\d)?)?')),
    kind  VARCHAR NOT NULL CHECK (kind IN ('document', 'paper', 'standard', 'repository', 'package', 'documentation', 'readme',
                                           'issue', 'blog', 'news', 'talk', 'measurements', 'config', 'counted', 'derivation')),
    note  VARCHAR,
    CHECK (url IS NOT NULL OR note IS NOT NULL)
);
COMMENT ON TABLE sources IS 'Every work that a row of another table cites, once.';
COMMENT ON COLUMN sources.key IS 'Short name, cited by the column source of every other table.';
COMMENT ON COLUMN sources.title IS 'Author and title.';
COMMENT ON COLUMN sources.url IS 'Link that a reader can open; where there is none, note says why.';
COMMENT ON COLUMN sources.place IS 'Place inside it: section, table or file.';
COMMENT ON COLUMN sources.date IS 'Year, month or day of the version that was read, as far as known.';
COMMENT ON COLUMN sources.kind IS 'Kind of work.';
COMMENT ON COLUMN sources.note IS 'What a reader should know about it, or why it has no link.';

CREATE TABLE models (
    name                            VARCHAR PRIMARY KEY,
    aliases                         VARCHAR,
    family                          VARCHAR NOT NULL,
    model_type                      VARCHAR NOT NULL,
    architecture                    VARCHAR,
    total_params                    BIGINT CHECK (total_params > 0),
    active_params                   BIGINT CHECK (active_params > 0),
    unique_params                   BIGINT CHECK (unique_params > 0),
    computed_params                 BIGINT CHECK (computed_params > 0),
    total_params_source             VARCHAR,
    active_params_source            VARCHAR,
    param_note                      VARCHAR,
    hidden_size                     INTEGER CHECK (hidden_size > 0),
    n_layers                        INTEGER CHECK (n_layers > 0),
    n_heads                         INTEGER CHECK (n_heads > 0),
    n_kv_heads                      INTEGER CHECK (n_kv_heads > 0),
    head_dim                        INTEGER CHECK (head_dim > 0),
    intermediate_size               INTEGER CHECK (intermediate_size >= 0),
    vocab_size                      INTEGER CHECK (vocab_size > 0),
    tie_word_embeddings             BOOLEAN,
    max_position_embeddings         INTEGER CHECK (max_position_embeddings > 0),
    qkv_bias                        BOOLEAN,
    attn_out_bias                   BOOLEAN,
    mlp_bias                        BOOLEAN,
    mlp_gated                       BOOLEAN,
    norm_type                       VARCHAR CHECK (norm_type IN ('rmsnorm', 'layernorm', 'layernorm_nobias', 'layernorm_nonparam')),
    norms_per_layer                 INTEGER,
    qk_norm                         VARCHAR CHECK (qk_norm IN ('none', 'per_head', 'full')),
    qk_norm_kind                    VARCHAR,
    positions                       VARCHAR,
    max_learned_positions           INTEGER,
    embedding_norm                  BOOLEAN,
    lm_head_bias                    BOOLEAN,
    attn_sinks                      BOOLEAN,
    attn_output_gate                BOOLEAN,
    n_experts                       INTEGER,
    experts_per_token               INTEGER,
    moe_intermediate_size           INTEGER,
    n_shared_experts                INTEGER,
    shared_expert_intermediate_size INTEGER,
    shared_expert_gate              BOOLEAN,
    router_bias                     BOOLEAN,
    expert_bias                     BOOLEAN,
    first_k_dense                   INTEGER,
    moe_layer_step                  INTEGER,
    moe_layer_offset                INTEGER,
    moe_latent_size                 INTEGER,
    kv_lora_rank                    INTEGER,
    q_lora_rank                     INTEGER,
    qk_rope_head_dim                INTEGER,
    qk_nope_head_dim                INTEGER,
    v_head_dim                      INTEGER,
    dsa_index_n_heads               INTEGER,
    dsa_index_head_dim              INTEGER,
    dsa_index_topk                  INTEGER,
    sliding_window                  INTEGER,
    attention_pattern               VARCHAR,
    layer_pattern                   VARCHAR,
    num_kv_shared_layers            INTEGER,
    global_head_dim                 INTEGER,
    num_global_key_value_heads      INTEGER,
    attention_k_eq_v                BOOLEAN,
    per_layer_input_size            INTEGER,
    double_wide_mlp                 BOOLEAN,
    ssm_state_size                  INTEGER,
    ssm_conv_kernel                 INTEGER,
    ssm_inner_size                  INTEGER,
    ssm_dt_rank                     INTEGER,
    ssm_num_heads                   INTEGER,
    ssm_head_dim                    INTEGER,
    ssm_n_groups                    INTEGER,
    ssm_extra_norms                 BOOLEAN,
    linear_num_key_heads            INTEGER,
    linear_num_value_heads          INTEGER,
    linear_key_head_dim             INTEGER,
    linear_value_head_dim           INTEGER,
    linear_conv_kernel_dim          INTEGER,
    mtp_layers                      INTEGER,
    mtp_params                      BIGINT,
    vision_params                   BIGINT,
    extra_scalars_per_layer         INTEGER,
    extra_params                    BIGINT,
    block                           VARCHAR NOT NULL,
    native_dtype                    VARCHAR,
    quantization                    VARCHAR,
    release_year                    INTEGER,
    hf_created_date                 DATE,
    licence                         VARCHAR,
    fields_inferred                 VARCHAR,
    confidence                      VARCHAR NOT NULL,
    source                          VARCHAR NOT NULL REFERENCES sources (key),
    source_text                     VARCHAR NOT NULL,
    grade                           grade NOT NULL
);
COMMENT ON TABLE models IS 'Language models with every architecture field that a memory formula needs. For memory take unique_params.';
COMMENT ON COLUMN models.name IS 'Repository, owner/name, as on Hugging Face; a model never published by its maker and its name in the paper.';
COMMENT ON COLUMN models.aliases IS 'Other repositories of the same shapes and other names, separated by semicolons; model_aliases has one a row.';
COMMENT ON COLUMN models.family IS 'Family, as its makers call it.';
COMMENT ON COLUMN models.model_type IS 'model_type of config.json.';
COMMENT ON COLUMN models.architecture IS 'architectures of config.json; a star marks a class inferred from model_type.';
COMMENT ON COLUMN models.total_params IS '[parameters] As published; can count a tied head twice, buffers or extra prediction layers.';
COMMENT ON COLUMN models.active_params IS '[parameters] Used for one token; differs from the total in mixtures of experts. Not what memory needs.';
COMMENT ON COLUMN models.unique_params IS '[parameters] Stored once each; the number for memory.';
COMMENT ON COLUMN models.computed_params IS '[parameters] Computed from the fields, counted as the published total counts.';
COMMENT ON COLUMN models.total_params_source IS 'Where total_params comes from.';
COMMENT ON COLUMN models.active_params_source IS 'Where active_params comes from.';
COMMENT ON COLUMN models.param_note IS 'Why the published and the unique number differ.';
COMMENT ON COLUMN models.hidden_size IS '[numbers] Width of the residual stream, h.';
COMMENT ON COLUMN models.n_layers IS '[layers] Blocks, L.';
COMMENT ON COLUMN models.n_heads IS '[heads] Query heads, a.';
COMMENT ON COLUMN models.n_kv_heads IS '[heads] Key-value heads, a_kv; equal to n_heads in multi-head attention.';
COMMENT ON COLUMN models.head_dim IS '[numbers] Width of a query and key head, d; with latent attention the sum of its rotary and its other part.';
COMMENT ON COLUMN models.intermediate_size IS '[numbers] Width of the dense MLP, f.';
COMMENT ON COLUMN models.vocab_size IS '[tokens] Rows of the embedding, V.';
COMMENT ON COLUMN models.tie_word_embeddings IS 'Whether embedding and head are one tensor.';
COMMENT ON COLUMN models.max_position_embeddings IS '[tokens] Longest context of the configuration; sometimes a training library''s lower value.';
COMMENT ON COLUMN models.qkv_bias IS 'Whether the query, key and value projections have a bias.';
COMMENT ON COLUMN models.attn_out_bias IS 'Whether the output projection of attention has a bias.';
COMMENT ON COLUMN models.mlp_bias IS 'Whether the MLP has biases.';
COMMENT ON COLUMN models.mlp_gated IS 'Whether the MLP has a gate: three matrices instead of two.';
COMMENT ON COLUMN models.norm_type IS 'Kind of normalisation.';
COMMENT ON COLUMN models.norms_per_layer IS '[norms] Normalisations over the hidden size in a block.';
COMMENT ON COLUMN models.qk_norm IS 'Normalisation of queries and keys: none, per head, or over the full width.';
COMMENT ON COLUMN models.qk_norm_kind IS 'Kind of that normalisation where it is not the RMSNorm.';
COMMENT ON COLUMN models.positions IS 'How positions enter.';
COMMENT ON COLUMN models.max_learned_positions IS '[rows] Rows of a learned position table.';
COMMENT ON COLUMN models.embedding_norm IS 'Whether the embedding is normalised.';
COMMENT ON COLUMN models.lm_head_bias IS 'Whether the head has a bias.';
COMMENT ON COLUMN models.attn_sinks IS 'Whether attention has learned sinks.';
COMMENT ON COLUMN models.attn_output_gate IS 'Whether the attention output is gated by a projection of its own.';
COMMENT ON COLUMN models.n_experts IS '[experts] Routed experts in an expert layer, E.';
COMMENT ON COLUMN models.experts_per_token IS '[experts] Routed experts that one token uses, k.';
COMMENT ON COLUMN models.moe_intermediate_size IS '[numbers] Width of one routed expert.';
COMMENT ON COLUMN models.n_shared_experts IS '[experts] Experts that every token uses.';
COMMENT ON COLUMN models.shared_expert_intermediate_size IS '[numbers] Width of the shared experts together.';
COMMENT ON COLUMN models.shared_expert_gate IS 'Whether the shared expert has a gate of its own.';
COMMENT ON COLUMN models.router_bias IS 'Whether the router has a bias.';
COMMENT ON COLUMN models.expert_bias IS 'Whether the experts have biases.';
COMMENT ON COLUMN models.first_k_dense IS '[layers] First layers with a dense MLP.';
COMMENT ON COLUMN models.moe_layer_step IS '[layers] Distance from one expert layer to the next.';
COMMENT ON COLUMN models.moe_layer_offset IS '[layers] Index of the first expert layer.';
COMMENT ON COLUMN models.moe_latent_size IS '[numbers] Width to which tokens are projected before the experts.';
COMMENT ON COLUMN models.kv_lora_rank IS '[numbers] Width of the latent key and value of multi-head latent attention.';
COMMENT ON COLUMN models.q_lora_rank IS '[numbers] Width of its latent query; 0 for none.';
COMMENT ON COLUMN models.qk_rope_head_dim IS '[numbers] Rotary part of a query or key head in latent attention.';
COMMENT ON COLUMN models.qk_nope_head_dim IS '[numbers] Part of a query or key head without rotation in latent attention.';
COMMENT ON COLUMN models.v_head_dim IS '[numbers] Width of a value head in latent attention.';
COMMENT ON COLUMN models.dsa_index_n_heads IS '[heads] Heads of the indexer of sparse attention.';
COMMENT ON COLUMN models.dsa_index_head_dim IS '[numbers] Width of a head of that indexer.';
COMMENT ON COLUMN models.dsa_index_topk IS '[tokens] Tokens that the indexer keeps.';
COMMENT ON COLUMN models.sliding_window IS '[tokens] Window of the sliding-window layers.';
COMMENT ON COLUMN models.attention_pattern IS 'Which layers attend how, in words or as a pattern.';
COMMENT ON COLUMN models.layer_pattern IS 'Kinds of layers in order, one period; letters as in attention_pattern.';
COMMENT ON COLUMN models.num_kv_shared_layers IS '[layers] Last layers that reuse an earlier layer''s keys and values.';
COMMENT ON COLUMN models.global_head_dim IS '[numbers] Head width of the global layers, where it differs.';
COMMENT ON COLUMN models.num_global_key_value_heads IS '[heads] Key-value heads of the global layers, where they differ.';
COMMENT ON COLUMN models.attention_k_eq_v IS 'Whether one projection gives keys and values.';
COMMENT ON COLUMN models.per_layer_input_size IS '[numbers] Width of the embedding that every layer receives of its own.';
COMMENT ON COLUMN models.double_wide_mlp IS 'Whether layers that share keys and values have an MLP twice as wide.';
COMMENT ON COLUMN models.ssm_state_size IS '[numbers] State of a state-space layer for each channel, N.';
COMMENT ON COLUMN models.ssm_conv_kernel IS '[tokens] Width of its convolution.';
COMMENT ON COLUMN models.ssm_inner_size IS '[numbers] Inner width of a state-space layer, D.';
COMMENT ON COLUMN models.ssm_dt_rank IS '[numbers] Rank of its time-step projection.';
COMMENT ON COLUMN models.ssm_num_heads IS '[heads] Heads of a Mamba-2 layer.';
COMMENT ON COLUMN models.ssm_head_dim IS '[numbers] Width of such a head.';
COMMENT ON COLUMN models.ssm_n_groups IS '[groups] Groups that share B and C.';
COMMENT ON COLUMN models.ssm_extra_norms IS 'Whether time step, B and C are normalised.';
COMMENT ON COLUMN models.linear_num_key_heads IS '[heads] Key heads of the linear-attention layers.';
COMMENT ON COLUMN models.linear_num_value_heads IS '[heads] Value heads of the linear-attention layers.';
COMMENT ON COLUMN models.linear_key_head_dim IS '[numbers] Width of a key head there.';
COMMENT ON COLUMN models.linear_value_head_dim IS '[numbers] Width of a value head there.';
COMMENT ON COLUMN models.linear_conv_kernel_dim IS '[tokens] Width of the convolution there.';
COMMENT ON COLUMN models.mtp_layers IS '[layers] Layers that predict further tokens; unused in plain inference.';
COMMENT ON COLUMN models.mtp_params IS '[parameters] Parameters of these layers.';
COMMENT ON COLUMN models.vision_params IS '[parameters] Parameters of vision or audio encoders.';
COMMENT ON COLUMN models.extra_scalars_per_layer IS '[parameters] Scalars in a layer that no other field counts.';
COMMENT ON COLUMN models.extra_params IS '[parameters] Parameters that no other field counts.';
COMMENT ON COLUMN models.block IS 'Which parameter formula applies; unsupported where none is known.';
COMMENT ON COLUMN models.native_dtype IS 'Data type of the published weights, where known.';
COMMENT ON COLUMN models.quantization IS 'Quantisation of the published weights.';
COMMENT ON COLUMN models.release_year IS '[year] Of the repository''s creation or the release.';
COMMENT ON COLUMN models.hf_created_date IS '[date] Of the repository''s creation.';
COMMENT ON COLUMN models.licence IS 'Licence of the weights.';
COMMENT ON COLUMN models.fields_inferred IS 'Fields that no source states: solved for against the published total or derived from other fields.';
COMMENT ON COLUMN models.confidence IS 'How well the row is known, with the reason.';
COMMENT ON COLUMN models.source IS 'Source of the row; source_text names all of them with their places.';
COMMENT ON COLUMN models.source_text IS 'All sources of the row, with file and commit.';
COMMENT ON COLUMN models.grade IS 'Evidence: config where full configuration fields were read, secondary where dimensions alone are known.';

CREATE TABLE lengths (
    name        VARCHAR PRIMARY KEY,
    model       VARCHAR NOT NULL REFERENCES models (name),
    positions   INTEGER NOT NULL CHECK (positions > 0),
    source      VARCHAR NOT NULL REFERENCES sources (key),
    source_text VARCHAR NOT NULL,
    grade       grade NOT NULL
);
COMMENT ON TABLE lengths IS 'Aliases of models that declare another length than the row whose shapes they have.';
COMMENT ON COLUMN lengths.name IS 'The alias, as models.aliases spells it.';
COMMENT ON COLUMN lengths.model IS 'Row of models that has its shapes.';
COMMENT ON COLUMN lengths.positions IS '[tokens] Longest context of its configuration.';
COMMENT ON COLUMN lengths.source IS 'Source of the row.';
COMMENT ON COLUMN lengths.source_text IS 'Place in it: the entry, or the repository whose config.json was read.';
COMMENT ON COLUMN lengths.grade IS 'Evidence: config where a configuration was read, estimated where the name alone says it.';

-- A view, so that no alias is typed twice.
CREATE VIEW model_aliases AS
WITH spelled AS (
    SELECT name AS model, name AS alias, 'name' AS kind FROM models
    UNION ALL
    SELECT name, unnest(string_split(aliases, ';')), 'alias' FROM models WHERE aliases IS NOT NULL
)
SELECT lower(trim(alias)) AS key, trim(alias) AS alias, model, kind FROM spelled
UNION
SELECT lower(split_part(trim(alias), '/', 2)), split_part(trim(alias), '/', 2), model, 'bare ' || kind FROM spelled
WHERE alias LIKE '%/%';
COMMENT ON VIEW model_aliases IS 'Every spelling of a model: its name, its aliases, and each without the owner. A key with several models is ambiguous.';
COMMENT ON COLUMN model_aliases.key IS 'The spelling in lower case, to look up by.';
COMMENT ON COLUMN model_aliases.alias IS 'The spelling.';
COMMENT ON COLUMN model_aliases.model IS 'Row of models: a repository of the same shapes.';
COMMENT ON COLUMN model_aliases.kind IS 'name, alias, bare name or bare alias (without the owner); prefer them in this order.';

CREATE TABLE gpus (
    name                   VARCHAR PRIMARY KEY,
    vendor                 VARCHAR NOT NULL,
    class                  VARCHAR NOT NULL CHECK (class IN ('consumer', 'datacenter', 'workstation', 'unified', 'edge/unified', 'laptop')),
    architecture           VARCHAR,
    memory_marketed_gb     DOUBLE CHECK (memory_marketed_gb > 0),
    memory_driver_mib      DOUBLE CHECK (memory_driver_mib > 0),
    memory_options         VARCHAR,
    memory_type            VARCHAR,
    memory_driver_bytes    BIGINT CHECK (memory_driver_bytes > 0),
    memory_driver_source   VARCHAR,
    ecc_note               VARCHAR,
    bandwidth_gb_s         DOUBLE CHECK (bandwidth_gb_s > 0),
    fp16_bf16_dense_tflops DOUBLE CHECK (fp16_bf16_dense_tflops > 0),
    fp16_basis             VARCHAR,
    fp8_dense_tflops       DOUBLE CHECK (fp8_dense_tflops > 0),
    fp4_dense_tflops       DOUBLE CHECK (fp4_dense_tflops > 0),
    nvlink_or_fabric_gb_s  DOUBLE CHECK (nvlink_or_fabric_gb_s > 0),
    pcie                   VARCHAR,
    tdp_w                  DOUBLE CHECK (tdp_w > 0),
    release_date           VARCHAR,
    price_usd_h            DOUBLE CHECK (price_usd_h > 0),
    price_date             DATE,
    price_source           VARCHAR,
    confidence             VARCHAR NOT NULL,
    notes                  VARCHAR,
    source                 VARCHAR NOT NULL REFERENCES sources (key),
    source_text            VARCHAR NOT NULL,
    grade                  grade NOT NULL
);
COMMENT ON TABLE gpus IS 'Accelerators. The marketed memory is neither GB nor GiB; where known, the driver''s figure says what a program can have.';
COMMENT ON COLUMN gpus.name IS 'Card and memory, as sold.';
COMMENT ON COLUMN gpus.vendor IS 'Maker.';
COMMENT ON COLUMN gpus.class IS 'Market: consumer, workstation, datacenter, laptop, unified memory.';
COMMENT ON COLUMN gpus.architecture IS 'Generation.';
COMMENT ON COLUMN gpus.memory_marketed_gb IS '[GB] As marketed; empty where the card is sold with several sizes.';
COMMENT ON COLUMN gpus.memory_driver_mib IS '[MiB] As the driver reports it.';
COMMENT ON COLUMN gpus.memory_options IS '[GB] The sizes sold, where there are several.';
COMMENT ON COLUMN gpus.memory_type IS 'Kind of memory.';
COMMENT ON COLUMN gpus.memory_driver_bytes IS '[B] memory_driver_mib in bytes.';
COMMENT ON COLUMN gpus.memory_driver_source IS 'Where the driver''s figure was seen.';
COMMENT ON COLUMN gpus.ecc_note IS 'Error correction and what it takes from the memory.';
COMMENT ON COLUMN gpus.bandwidth_gb_s IS '[GB/s] Memory bandwidth.';
COMMENT ON COLUMN gpus.fp16_bf16_dense_tflops IS '[TFLOP/s] Peak of 16-bit arithmetic without sparsity; fp16_basis says which units.';
COMMENT ON COLUMN gpus.fp16_basis IS 'How that peak is known. Vector rates must not be compared with matrix rates.';
COMMENT ON COLUMN gpus.fp8_dense_tflops IS '[TFLOP/s] Peak of 8-bit floating point without sparsity.';
COMMENT ON COLUMN gpus.fp4_dense_tflops IS '[TFLOP/s] Peak of 4-bit floating point without sparsity.';
COMMENT ON COLUMN gpus.nvlink_or_fabric_gb_s IS '[GB/s] Link between cards, both directions.';
COMMENT ON COLUMN gpus.pcie IS 'Bus to the host.';
COMMENT ON COLUMN gpus.tdp_w IS '[W] Board power.';
COMMENT ON COLUMN gpus.release_date IS 'Year, month or day of release.';
COMMENT ON COLUMN gpus.price_usd_h IS '[USD/h] Rent for one card, where a price was seen; thin, so give your own.';
COMMENT ON COLUMN gpus.price_date IS '[date] Of the price.';
COMMENT ON COLUMN gpus.price_source IS 'Who asked that price.';
COMMENT ON COLUMN gpus.confidence IS 'How well the row is known, with the reason.';
COMMENT ON COLUMN gpus.notes IS 'Where sources disagree.';
COMMENT ON COLUMN gpus.source IS 'Source of the row; source_text names all of them with their places.';
COMMENT ON COLUMN gpus.source_text IS 'All sources of the row, with file and commit.';
COMMENT ON COLUMN gpus.grade IS 'Evidence; the driver''s memory is measured wherever it stands.';

CREATE TABLE dtypes (
    name             VARCHAR PRIMARY KEY,
    bits             INTEGER CHECK (bits > 0),
    bits_numerator   BIGINT CHECK (bits_numerator > 0),
    bits_denominator BIGINT CHECK (bits_denominator > 0),
    stored_as        VARCHAR NOT NULL,
    same_as          VARCHAR,
    source           VARCHAR NOT NULL REFERENCES sources (key),
    grade            grade NOT NULL,
    bits_per_weight  DOUBLE GENERATED ALWAYS AS (bits_numerator / bits_denominator) VIRTUAL,
    bytes_per_weight DOUBLE GENERATED ALWAYS AS (bits_numerator / bits_denominator / 8) VIRTUAL,
    CHECK ((bits_numerator IS NULL) = (bits_denominator IS NULL))
);
COMMENT ON TABLE dtypes IS 'How weights are stored: the document''s four types, and every weight format of the measurements, with its scales.';
COMMENT ON COLUMN dtypes.name IS 'Name; ggml:TYPE is a tensor type, gguf:TYPE a file that mixes tensor types.';
COMMENT ON COLUMN dtypes.bits IS '[bit] Of one number, without scales.';
COMMENT ON COLUMN dtypes.bits_numerator IS '[bit] Bits per weight as an exact fraction, scales included: numerator. Empty where not fixed.';
COMMENT ON COLUMN dtypes.bits_denominator IS 'Denominator of that fraction.';
COMMENT ON COLUMN dtypes.stored_as IS 'Layout, and what is counted.';
COMMENT ON COLUMN dtypes.same_as IS 'Another name of the same layout in this table.';
COMMENT ON COLUMN dtypes.source IS 'Source of the layout.';
COMMENT ON COLUMN dtypes.grade IS 'Evidence: config where read from the code that lays it out, measured where taken from whole files.';
COMMENT ON COLUMN dtypes.bits_per_weight IS '[bit] Per weight, scales included.';
COMMENT ON COLUMN dtypes.bytes_per_weight IS '[B] Per weight, scales included.';

CREATE TABLE finetune (
    method           VARCHAR NOT NULL CHECK (method IN ('Full', 'Freeze', 'LoRA', 'GaLore', 'BAdam', 'QLoRA')),
    bits             INTEGER CHECK (bits IN (16, 8, 4, 2)),
    precision        VARCHAR NOT NULL,
    model_size       VARCHAR NOT NULL,
    params_b         DOUBLE NOT NULL CHECK (params_b > 0),
    memory_gb        DOUBLE NOT NULL CHECK (memory_gb > 0),
    published_method VARCHAR NOT NULL,
    cell             VARCHAR NOT NULL,
    source           VARCHAR NOT NULL REFERENCES sources (key),
    grade            grade NOT NULL,
    PRIMARY KEY (method, precision, model_size),
    CHECK ((bits IS NULL) = (precision = 'AMP'))
);
COMMENT ON TABLE finetune IS
    'Memory of fine-tuning, the document''s copy of LLaMA-Factory''s table: 49 cells, 63 rows, since one line names LoRA, GaLore and BAdam. '
    'Its authors head it "* estimated" and name no run, sequence length or batch. '
    'Cell for cell it is the README of 2024-04-26 (finetune_revisions).';
COMMENT ON COLUMN finetune.method IS 'Method, one a row: Full, Freeze, LoRA, GaLore, BAdam or QLoRA.';
COMMENT ON COLUMN finetune.bits IS '[bit] Width of the weights as published; empty for AMP.';
COMMENT ON COLUMN finetune.precision IS 'AMP (mixed precision), or the bits in words.';
COMMENT ON COLUMN finetune.model_size IS 'Size as published; 8x7B and 8x22B are the Mixtral models.';
COMMENT ON COLUMN finetune.params_b IS '[1e9 parameters] The size as a number; for 8x7B and 8x22B all experts together (46.7 and 140.6), not the active ones.';
COMMENT ON COLUMN finetune.memory_gb IS '[GB] Memory over all cards, estimated by the table''s authors.';
COMMENT ON COLUMN finetune.published_method IS 'The published line; LoRA/GaLore/BAdam is one line there and three rows here.';
COMMENT ON COLUMN finetune.cell IS 'Row and column of the published cell; rows of one cell share it.';
COMMENT ON COLUMN finetune.source IS 'Source of the row.';
COMMENT ON COLUMN finetune.grade IS 'Evidence: estimated, by the table''s authors.';

CREATE TABLE finetune_revisions (
    revision         DATE NOT NULL,
    method           VARCHAR NOT NULL,
    bits             INTEGER CHECK (bits IN (32, 16, 8, 4, 2)),
    precision        VARCHAR NOT NULL,
    model_size       VARCHAR NOT NULL,
    memory_gb        DOUBLE CHECK (memory_gb > 0),
    rule             VARCHAR,
    published_method VARCHAR NOT NULL,
    commit           VARCHAR NOT NULL CHECK (regexp_full_match(commit, '[0-9a-f]{40}')),
    line             INTEGER NOT NULL CHECK (line > 0),
    source           VARCHAR NOT NULL REFERENCES sources (key),
    grade            grade NOT NULL,
    PRIMARY KEY (revision, method, published_method, precision, model_size),
    CHECK ((memory_gb IS NULL) = (rule IS NOT NULL)),
    CHECK ((bits IS NULL) = (precision = 'AMP'))
);
COMMENT ON TABLE finetune_revisions IS 'Twelve dated versions of LLaMA-Factory''s table of fine-tuning memory, all headed "* estimated".';
COMMENT ON COLUMN finetune_revisions.revision IS '[date] Of the commit.';
COMMENT ON COLUMN finetune_revisions.method IS 'Method, one a row.';
COMMENT ON COLUMN finetune_revisions.bits IS '[bit] Width as published; empty for AMP.';
COMMENT ON COLUMN finetune_revisions.precision IS 'AMP, or the bits in words.';
COMMENT ON COLUMN finetune_revisions.model_size IS 'Size as published; xB stands for any size.';
COMMENT ON COLUMN finetune_revisions.memory_gb IS '[GB] Memory over all cards, estimated by the table''s authors; empty where the cell is a rule.';
COMMENT ON COLUMN finetune_revisions.rule IS '[GB] The rule of a cell for x billion parameters, such as 18x.';
COMMENT ON COLUMN finetune_revisions.published_method IS 'The published line, which can name several methods.';
COMMENT ON COLUMN finetune_revisions.commit IS 'Commit of the README.';
COMMENT ON COLUMN finetune_revisions.line IS 'Line of the README at that commit.';
COMMENT ON COLUMN finetune_revisions.source IS 'Source of the row.';
COMMENT ON COLUMN finetune_revisions.grade IS 'Evidence: estimated, by the table''s authors.';

CREATE TABLE inference (
    model_size  VARCHAR NOT NULL,
    dtype       VARCHAR NOT NULL REFERENCES dtypes (name),
    bits        INTEGER NOT NULL,
    params_b    DOUBLE NOT NULL,
    weights_gib DOUBLE NOT NULL,
    memory_gib  DOUBLE NOT NULL,
    rebuilt     BOOLEAN NOT NULL,
    note        VARCHAR NOT NULL,
    source      VARCHAR NOT NULL REFERENCES sources (key),
    grade       grade NOT NULL,
    PRIMARY KEY (model_size, dtype),
    CHECK (abs(weights_gib - params_b * 1e9 * bits / 8 / 1024 ** 3) < 1e-5),
    CHECK (abs(memory_gib - 1.2 * weights_gib) < 1e-5)
);
COMMENT ON TABLE inference IS 'Memory of inference by model size and precision. The document''s picture of it is lost; rebuilt from the document''s own rule.';
COMMENT ON COLUMN inference.model_size IS 'Size, as the document names Llama 2.';
COMMENT ON COLUMN inference.dtype IS 'Data type of the weights.';
COMMENT ON COLUMN inference.bits IS '[bit] Of one parameter.';
COMMENT ON COLUMN inference.params_b IS '[1e9 parameters] The size as the round number that the document uses.';
COMMENT ON COLUMN inference.weights_gib IS '[GiB] Parameters × bytes / 2^30; the document writes GB and means this.';
COMMENT ON COLUMN inference.memory_gib IS '[GiB] 1.2 × the weights, a rule of thumb.';
COMMENT ON COLUMN inference.rebuilt IS 'Whether the row was rebuilt rather than read.';
COMMENT ON COLUMN inference.note IS 'The rule.';
COMMENT ON COLUMN inference.source IS 'Source of the rule.';
COMMENT ON COLUMN inference.grade IS 'Evidence: estimated.';

CREATE TABLE rules (
    id         VARCHAR PRIMARY KEY,
    claim      VARCHAR NOT NULL,
    value      VARCHAR NOT NULL,
    number     DOUBLE,
    unit       VARCHAR,
    applies_to VARCHAR NOT NULL,
    locator    VARCHAR NOT NULL,
    note       VARCHAR,
    source     VARCHAR NOT NULL REFERENCES sources (key),
    grade      grade NOT NULL,
    CHECK ((number IS NULL) = (unit IS NULL))
);
COMMENT ON TABLE rules IS 'Rules of thumb and requirement tables: what people say without having measured it.';
COMMENT ON COLUMN rules.id IS 'Source and running number.';
COMMENT ON COLUMN rules.claim IS 'Of what the value is said.';
COMMENT ON COLUMN rules.value IS 'The value as published, with its unit.';
COMMENT ON COLUMN rules.number IS 'The value as a number, where it is one; in the unit of the column unit.';
COMMENT ON COLUMN rules.unit IS 'Unit of number.';
COMMENT ON COLUMN rules.applies_to IS 'Training, inference, or a part of them.';
COMMENT ON COLUMN rules.locator IS 'Line, section or column of the source.';
COMMENT ON COLUMN rules.note IS 'What the source says about it.';
COMMENT ON COLUMN rules.source IS 'Source of the row.';
COMMENT ON COLUMN rules.grade IS 'Evidence.';

CREATE TABLE training_runs (
    model           VARCHAR PRIMARY KEY,
    aliases         VARCHAR,
    params_b        DOUBLE NOT NULL CHECK (params_b > 0),
    active_params_b DOUBLE NOT NULL CHECK (active_params_b > 0),
    tokens_b        DOUBLE CHECK (tokens_b > 0),
    gpu             VARCHAR REFERENCES gpus (name),
    n_gpus          INTEGER CHECK (n_gpus > 0),
    gpu_hours       DOUBLE CHECK (gpu_hours > 0),
    days            DOUBLE CHECK (days > 0),
    place           VARCHAR NOT NULL,
    source          VARCHAR NOT NULL REFERENCES sources (key),
    grade           grade NOT NULL,
    CHECK (active_params_b <= params_b),
    CHECK (tokens_b IS NOT NULL OR gpu_hours IS NOT NULL)
);
COMMENT ON TABLE training_runs IS 'Pre-training as its authors publish it: tokens, and where they tell them cards, GPU-hours and days. No memory.';
COMMENT ON COLUMN training_runs.model IS 'Model, without its owner.';
COMMENT ON COLUMN training_runs.aliases IS 'Other names, separated by semicolons.';
COMMENT ON COLUMN training_runs.params_b IS '[1e9 parameters] As published.';
COMMENT ON COLUMN training_runs.active_params_b IS '[1e9 parameters] Of a mixture of experts, those that a token computes with; else all.';
COMMENT ON COLUMN training_runs.tokens_b IS '[1e9 tokens] Trained on; "15T+" is 15,000.';
COMMENT ON COLUMN training_runs.gpu IS 'Card, as table gpus names it.';
COMMENT ON COLUMN training_runs.n_gpus IS '[cards] Used at once.';
COMMENT ON COLUMN training_runs.gpu_hours IS '[h] Cards times hours, as published.';
COMMENT ON COLUMN training_runs.days IS '[days] Length of the run, as published.';
COMMENT ON COLUMN training_runs.place IS 'Where in the source.';
COMMENT ON COLUMN training_runs.source IS 'Source of the row.';
COMMENT ON COLUMN training_runs.grade IS 'Evidence.';

CREATE TABLE encoders (
    model         VARCHAR PRIMARY KEY,
    aliases       VARCHAR,
    kind          VARCHAR NOT NULL CHECK (kind IN ('encoder', 'embedder', 'encoder-decoder')),
    params        BIGINT NOT NULL CHECK (params > 0),
    n_layers      INTEGER NOT NULL CHECK (n_layers > 0),
    hidden        INTEGER NOT NULL CHECK (hidden > 0),
    n_heads       INTEGER NOT NULL CHECK (n_heads > 0),
    head_dim      INTEGER NOT NULL CHECK (head_dim > 0),
    ffn           INTEGER NOT NULL CHECK (ffn > 0),
    max_positions INTEGER NOT NULL CHECK (max_positions > 0),
    source        VARCHAR NOT NULL REFERENCES sources (key),
    grade         grade NOT NULL
);
COMMENT ON TABLE encoders IS 'Models that embed, rank or translate rather than only generate: encoders, decoders that embed, encoder-decoders.';
COMMENT ON COLUMN encoders.model IS 'Model, without its owner.';
COMMENT ON COLUMN encoders.aliases IS 'Other names and models of the same shape, separated by semicolons.';
COMMENT ON COLUMN encoders.kind IS 'encoder: one pass, no cache; embedder: a decoder used in one pass; encoder-decoder: generates, with cross-attention.';
COMMENT ON COLUMN encoders.params IS '[parameters] Counted from the shapes.';
COMMENT ON COLUMN encoders.n_layers IS '[layers] Of an encoder-decoder, of each half.';
COMMENT ON COLUMN encoders.hidden IS '[numbers] Width of a token.';
COMMENT ON COLUMN encoders.n_heads IS '[heads] Of attention.';
COMMENT ON COLUMN encoders.head_dim IS '[numbers] Width of a head.';
COMMENT ON COLUMN encoders.ffn IS '[numbers] Inner width of the feed-forward part.';
COMMENT ON COLUMN encoders.max_positions IS '[tokens] Longest input it was made for.';
COMMENT ON COLUMN encoders.source IS 'Source of the row.';
COMMENT ON COLUMN encoders.grade IS 'Evidence: config where the file was read, estimated where the row is from memory.';

CREATE TABLE recipes (
    tool       VARCHAR NOT NULL,
    setting    VARCHAR NOT NULL,
    value      VARCHAR NOT NULL,
    unit       VARCHAR,
    applies_to VARCHAR NOT NULL,
    locator    VARCHAR NOT NULL,
    date       VARCHAR NOT NULL CHECK (regexp_full_match(date, '\d{4}(-\d\d(-\d\d)?)?')),
    source     VARCHAR NOT NULL REFERENCES sources (key),
    grade      grade NOT NULL,
    PRIMARY KEY (tool, setting, applies_to)
);
COMMENT ON TABLE recipes IS 'Defaults of tools, dated: what runs when nobody says otherwise. The tool kb is this project, and its defaults are what an answer assumes.';
COMMENT ON COLUMN recipes.tool IS 'Tool.';
COMMENT ON COLUMN recipes.setting IS 'The setting, as the tool spells it; for kb, as the measurements spell it.';
COMMENT ON COLUMN recipes.value IS 'Its default.';
COMMENT ON COLUMN recipes.unit IS 'Unit of the value.';
COMMENT ON COLUMN recipes.applies_to IS 'Training, inference, or one method.';
COMMENT ON COLUMN recipes.locator IS 'File and name in the source.';
COMMENT ON COLUMN recipes.date IS 'Year, month or day when the default was read.';
COMMENT ON COLUMN recipes.source IS 'Source of the row.';
COMMENT ON COLUMN recipes.grade IS 'Evidence: config where read in the tool''s code or documentation, estimated for kb.';

CREATE TABLE prices (
    setting VARCHAR NOT NULL,
    value   VARCHAR NOT NULL,
    rank    INTEGER NOT NULL CHECK (rank >= 0),
    says    VARCHAR NOT NULL,
    zh      VARCHAR NOT NULL,
    locator VARCHAR,
    source  VARCHAR NOT NULL REFERENCES sources (key),
    grade   grade NOT NULL,
    PRIMARY KEY (setting, value)
);
COMMENT ON TABLE prices IS 'What a setting costs in speed, quality or freedom: told where set-ups are compared.';
COMMENT ON COLUMN prices.setting IS 'The fact, as the measurements spell it.';
COMMENT ON COLUMN prices.value IS 'Its value; * for any.';
COMMENT ON COLUMN prices.rank IS 'Of two values of one setting the lower costs less; where both fit it is the one to take.';
COMMENT ON COLUMN prices.says IS 'The price.';
COMMENT ON COLUMN prices.zh IS 'The same in Chinese.';
COMMENT ON COLUMN prices.locator IS 'Place in the source.';
COMMENT ON COLUMN prices.source IS 'Source of the row.';
COMMENT ON COLUMN prices.grade IS 'Evidence.';

CREATE TABLE tools (
    name   VARCHAR PRIMARY KEY,
    url    VARCHAR CHECK (url LIKE 'https://%'),
    covers VARCHAR NOT NULL,
    note   VARCHAR,
    source VARCHAR NOT NULL REFERENCES sources (key),
    grade  grade NOT NULL,
    CHECK (url IS NOT NULL OR note IS NOT NULL)
);
COMMENT ON TABLE tools IS 'Calculators of GPU memory: the one that the document recommends, and other public ones.';
COMMENT ON COLUMN tools.name IS 'Name.';
COMMENT ON COLUMN tools.url IS 'Link; where it is lost, note says so.';
COMMENT ON COLUMN tools.covers IS 'What it computes.';
COMMENT ON COLUMN tools.note IS 'Where it stops, or what is lost.';
COMMENT ON COLUMN tools.source IS 'Who says so.';
COMMENT ON COLUMN tools.grade IS 'Evidence.';

CREATE TABLE measurements (
    id                     VARCHAR PRIMARY KEY,
    source                 VARCHAR NOT NULL REFERENCES sources (key),
    locator                VARCHAR NOT NULL,
    kind                   VARCHAR NOT NULL CHECK (kind IN ('inference', 'train')),
    model                  VARCHAR REFERENCES models (name),
    config                 VARCHAR CHECK (config IS NULL OR json_valid(config)),
    model_as_published     VARCHAR,
    method                 VARCHAR NOT NULL,
    weight_format          VARCHAR REFERENCES dtypes (name),
    bpw                    DOUBLE,
    kv_format              VARCHAR,
    optimizer              VARCHAR,
    precision              VARCHAR,
    batch_size             INTEGER CHECK (batch_size > 0),
    grad_accum             INTEGER CHECK (grad_accum > 0),
    seq_len                INTEGER CHECK (seq_len > 0),
    output_len             INTEGER CHECK (output_len >= 0),
    gradient_checkpointing INTEGER CHECK (gradient_checkpointing IN (0, 1)),
    attention              VARCHAR CHECK (attention IN ('flash', 'sdpa', 'eager')),
    loss                   VARCHAR CHECK (loss IN ('full-logits', 'last-logits', 'fused', 'chunked')),
    lora_rank              INTEGER CHECK (lora_rank > 0),
    lora_targets           VARCHAR,
    adapter_dtype          VARCHAR,
    dp                     INTEGER CHECK (dp > 0),
    zero_stage             INTEGER CHECK (zero_stage BETWEEN 0 AND 3),
    offload                VARCHAR CHECK (offload IN ('none', 'optimizer', 'params')),
    tp                     INTEGER CHECK (tp > 0),
    pp                     INTEGER CHECK (pp > 0),
    cp                     INTEGER CHECK (cp > 0),
    ep                     INTEGER CHECK (ep > 0),
    layer_split            INTEGER CHECK (layer_split IN (0, 1)),
    n_gpus                 INTEGER CHECK (n_gpus > 0),
    gpu                    VARCHAR,
    engine                 VARCHAR,
    engine_version         VARCHAR,
    meter                  VARCHAR NOT NULL CHECK (meter IN ('tensors', 'allocated', 'reserved', 'nvml', 'weights', 'kv', 'component', 'limit', 'unknown')),
    scope                  VARCHAR NOT NULL CHECK (scope IN ('per_gpu', 'total')),
    gib_low                DOUBLE,
    gib_high               DOUBLE,
    gib                    DOUBLE,
    grade                  VARCHAR NOT NULL CHECK (grade IN ('A', 'B', 'C')),
    strict                 INTEGER NOT NULL CHECK (strict IN (0, 1)),
    inferred               VARCHAR,
    extra                  VARCHAR,
    published              VARCHAR,
    note                   VARCHAR,
    evidence               VARCHAR GENERATED ALWAYS AS ('measured') VIRTUAL,
    CHECK (gib_low <= gib AND gib <= gib_high),
    CHECK (model IS NOT NULL OR config IS NOT NULL)
);
COMMENT ON TABLE measurements IS 'Published, measured memory of real runs. Predictions are compared with them, never fitted to them one by one. Average by source first.';
COMMENT ON COLUMN measurements.id IS 'Source and running number.';
COMMENT ON COLUMN measurements.source IS 'Source of the row.';
COMMENT ON COLUMN measurements.locator IS 'Repository, file and line.';
COMMENT ON COLUMN measurements.kind IS 'inference or train.';
COMMENT ON COLUMN measurements.model IS 'Row of models, of the same shapes; empty when config is given.';
COMMENT ON COLUMN measurements.config IS 'JSON object of config.json keys, when no row of models is named.';
COMMENT ON COLUMN measurements.model_as_published IS 'Model as the source names it.';
COMMENT ON COLUMN measurements.method IS 'inference, full, freeze, lora, qlora, dora, galore, badam, lisa, apollo or other-peft:NAME.';
COMMENT ON COLUMN measurements.weight_format IS 'Storage of the base weights. fp32 with ZeRO stage 3: fp32 shards, bf16 compute. With amp-bf16 the resident parameters are fp32 whatever stands here.';
COMMENT ON COLUMN measurements.bpw IS '[bit] Per weight, only where published.';
COMMENT ON COLUMN measurements.kv_format IS 'Type of the keys in the cache; extra.v_type where the values differ.';
COMMENT ON COLUMN measurements.optimizer IS 'Optimizer.';
COMMENT ON COLUMN measurements.precision IS 'Of parameters, gradients and states: pure-bf16, amp-bf16, fp32, bf16-params-fp32-states, adapter-fp32 and others.';
COMMENT ON COLUMN measurements.batch_size IS '[sequences] Micro-batch of one data-parallel rank.';
COMMENT ON COLUMN measurements.grad_accum IS '[steps] Micro-batches in one optimizer step.';
COMMENT ON COLUMN measurements.seq_len IS '[tokens] Training: packed or maximum length; inference: prompt.';
COMMENT ON COLUMN measurements.output_len IS '[tokens] Generated.';
COMMENT ON COLUMN measurements.gradient_checkpointing IS '1 = activations are recomputed; with extra.ac=selective, some of them.';
COMMENT ON COLUMN measurements.attention IS 'Kernel of attention.';
COMMENT ON COLUMN measurements.loss IS 'What becomes of the [tokens, vocabulary] tensor; inference: which logits prefill keeps.';
COMMENT ON COLUMN measurements.lora_rank IS '[numbers] Rank of the adapters.';
COMMENT ON COLUMN measurements.lora_targets IS 'Adapted linears: q k v o gate up down and others, or all-linear.';
COMMENT ON COLUMN measurements.adapter_dtype IS 'Data type of the adapters.';
COMMENT ON COLUMN measurements.dp IS '[ranks] Data parallel: n_gpus / (tp · pp · cp).';
COMMENT ON COLUMN measurements.zero_stage IS 'ZeRO stage; FSDP full shard is 3, DDP is 0.';
COMMENT ON COLUMN measurements.offload IS 'What stays in the host''s memory.';
COMMENT ON COLUMN measurements.tp IS '[ranks] Tensor parallel.';
COMMENT ON COLUMN measurements.pp IS '[ranks] Pipeline parallel.';
COMMENT ON COLUMN measurements.cp IS '[ranks] Context parallel.';
COMMENT ON COLUMN measurements.ep IS '[ranks] Expert parallel.';
COMMENT ON COLUMN measurements.layer_split IS '1 = layers are spread over the cards, which work in turn.';
COMMENT ON COLUMN measurements.n_gpus IS '[cards] Cards used.';
COMMENT ON COLUMN measurements.gpu IS 'Row of gpus; several are joined by +.';
COMMENT ON COLUMN measurements.engine IS 'Program that ran.';
COMMENT ON COLUMN measurements.engine_version IS 'Its version, or a date when only that is known.';
COMMENT ON COLUMN measurements.meter IS 'What was read: live tensors < allocated < reserved < nvml (the driver); component = a part, or not a peak.';
COMMENT ON COLUMN measurements.scope IS 'per_gpu, or total = summed over cards.';
COMMENT ON COLUMN measurements.gib_low IS '[GiB] Low end of what the published figure can mean: GB or GiB, half of the last digit.';
COMMENT ON COLUMN measurements.gib_high IS '[GiB] High end of it.';
COMMENT ON COLUMN measurements.gib IS '[GiB] The figure.';
COMMENT ON COLUMN measurements.grade IS 'How complete: A configuration complete and meter known, B nearly, C rounded or incomplete. evidence holds the grade of evidence.';
COMMENT ON COLUMN measurements.strict IS '1 = every field that a prediction needs is present; else note opens with the reason.';
COMMENT ON COLUMN measurements.inferred IS 'Columns that were filled from defaults or from a reading of the text.';
COMMENT ON COLUMN measurements.extra IS 'Further facts, key=value separated by semicolons; sharded_by: the program to which a trainer hands its sharding.';
COMMENT ON COLUMN measurements.published IS 'The figure as published.';
COMMENT ON COLUMN measurements.note IS 'Remarks.';
COMMENT ON COLUMN measurements.evidence IS 'Grade of evidence, as in the other tables.';

CREATE TABLE tensor_peaks (
    id                     VARCHAR PRIMARY KEY,
    source                 VARCHAR NOT NULL REFERENCES sources (key),
    locator                VARCHAR NOT NULL,
    kind                   VARCHAR NOT NULL CHECK (kind IN ('inference', 'train')),
    model                  VARCHAR REFERENCES models (name),
    config                 VARCHAR CHECK (config IS NULL OR json_valid(config)),
    model_as_published     VARCHAR,
    method                 VARCHAR NOT NULL,
    weight_format          VARCHAR REFERENCES dtypes (name),
    bpw                    DOUBLE,
    kv_format              VARCHAR,
    optimizer              VARCHAR,
    precision              VARCHAR,
    batch_size             INTEGER CHECK (batch_size > 0),
    grad_accum             INTEGER CHECK (grad_accum > 0),
    seq_len                INTEGER CHECK (seq_len > 0),
    output_len             INTEGER CHECK (output_len >= 0),
    gradient_checkpointing INTEGER CHECK (gradient_checkpointing IN (0, 1)),
    attention              VARCHAR CHECK (attention IN ('flash', 'sdpa', 'eager')),
    loss                   VARCHAR CHECK (loss IN ('full-logits', 'last-logits', 'fused', 'chunked')),
    lora_rank              INTEGER CHECK (lora_rank > 0),
    lora_targets           VARCHAR,
    adapter_dtype          VARCHAR,
    dp                     INTEGER CHECK (dp > 0),
    zero_stage             INTEGER CHECK (zero_stage BETWEEN 0 AND 3),
    offload                VARCHAR CHECK (offload IN ('none', 'optimizer', 'params')),
    tp                     INTEGER CHECK (tp > 0),
    pp                     INTEGER CHECK (pp > 0),
    cp                     INTEGER CHECK (cp > 0),
    ep                     INTEGER CHECK (ep > 0),
    layer_split            INTEGER CHECK (layer_split IN (0, 1)),
    n_gpus                 INTEGER CHECK (n_gpus > 0),
    gpu                    VARCHAR,
    engine                 VARCHAR,
    engine_version         VARCHAR,
    meter                  VARCHAR NOT NULL CHECK (meter IN ('tensors', 'allocated', 'reserved', 'nvml', 'weights', 'kv', 'component', 'limit', 'unknown')),
    scope                  VARCHAR NOT NULL CHECK (scope IN ('per_gpu', 'total')),
    gib_low                DOUBLE,
    gib_high               DOUBLE,
    gib                    DOUBLE,
    grade                  VARCHAR NOT NULL CHECK (grade IN ('A', 'B', 'C')),
    strict                 INTEGER NOT NULL CHECK (strict IN (0, 1)),
    inferred               VARCHAR,
    extra                  VARCHAR,
    published              VARCHAR,
    note                   VARCHAR,
    evidence               VARCHAR GENERATED ALWAYS AS ('measured') VIRTUAL,
    CHECK (gib_low <= gib AND gib <= gib_high),
    CHECK (model IS NOT NULL OR config IS NOT NULL)
);
COMMENT ON TABLE tensor_peaks IS 'Peaks of live tensor bytes, counted exactly in the real model code run on tensors without storage: no runtime context, workspace or allocator slack.';
COMMENT ON COLUMN tensor_peaks.id IS 'Source and running number.';
COMMENT ON COLUMN tensor_peaks.source IS 'Source of the row.';
COMMENT ON COLUMN tensor_peaks.locator IS 'Repository, file and line.';
COMMENT ON COLUMN tensor_peaks.kind IS 'inference or train.';
COMMENT ON COLUMN tensor_peaks.model IS 'Row of models, of the same shapes; empty when config is given.';
COMMENT ON COLUMN tensor_peaks.config IS 'JSON object of config.json keys, when no row of models is named.';
COMMENT ON COLUMN tensor_peaks.model_as_published IS 'Model as the source names it.';
COMMENT ON COLUMN tensor_peaks.method IS 'inference, full, freeze, lora, qlora, dora, galore, badam, lisa, apollo or other-peft:NAME.';
COMMENT ON COLUMN tensor_peaks.weight_format IS 'Storage of the base weights. fp32 with ZeRO stage 3: fp32 shards, bf16 compute. With amp-bf16 the resident parameters are fp32 whatever stands here.';
COMMENT ON COLUMN tensor_peaks.bpw IS '[bit] Per weight, only where published.';
COMMENT ON COLUMN tensor_peaks.kv_format IS 'Type of the keys in the cache; extra.v_type where the values differ.';
COMMENT ON COLUMN tensor_peaks.optimizer IS 'Optimizer.';
COMMENT ON COLUMN tensor_peaks.precision IS 'Of parameters, gradients and states: pure-bf16, amp-bf16, fp32, bf16-params-fp32-states, adapter-fp32 and others.';
COMMENT ON COLUMN tensor_peaks.batch_size IS '[sequences] Micro-batch of one data-parallel rank.';
COMMENT ON COLUMN tensor_peaks.grad_accum IS '[steps] Micro-batches in one optimizer step.';
COMMENT ON COLUMN tensor_peaks.seq_len IS '[tokens] Training: packed or maximum length; inference: prompt.';
COMMENT ON COLUMN tensor_peaks.output_len IS '[tokens] Generated.';
COMMENT ON COLUMN tensor_peaks.gradient_checkpointing IS '1 = activations are recomputed; with extra.ac=selective, some of them.';
COMMENT ON COLUMN tensor_peaks.attention IS 'Kernel of attention.';
COMMENT ON COLUMN tensor_peaks.loss IS 'What becomes of the [tokens, vocabulary] tensor; inference: which logits prefill keeps.';
COMMENT ON COLUMN tensor_peaks.lora_rank IS '[numbers] Rank of the adapters.';
COMMENT ON COLUMN tensor_peaks.lora_targets IS 'Adapted linears: q k v o gate up down and others, or all-linear.';
COMMENT ON COLUMN tensor_peaks.adapter_dtype IS 'Data type of the adapters.';
COMMENT ON COLUMN tensor_peaks.dp IS '[ranks] Data parallel: n_gpus / (tp · pp · cp).';
COMMENT ON COLUMN tensor_peaks.zero_stage IS 'ZeRO stage; FSDP full shard is 3, DDP is 0.';
COMMENT ON COLUMN tensor_peaks.offload IS 'What stays in the host''s memory.';
COMMENT ON COLUMN tensor_peaks.tp IS '[ranks] Tensor parallel.';
COMMENT ON COLUMN tensor_peaks.pp IS '[ranks] Pipeline parallel.';
COMMENT ON COLUMN tensor_peaks.cp IS '[ranks] Context parallel.';
COMMENT ON COLUMN tensor_peaks.ep IS '[ranks] Expert parallel.';
COMMENT ON COLUMN tensor_peaks.layer_split IS '1 = layers are spread over the cards, which work in turn.';
COMMENT ON COLUMN tensor_peaks.n_gpus IS '[cards] Cards used.';
COMMENT ON COLUMN tensor_peaks.gpu IS 'Row of gpus; several are joined by +.';
COMMENT ON COLUMN tensor_peaks.engine IS 'Program that ran.';
COMMENT ON COLUMN tensor_peaks.engine_version IS 'Its version, or a date when only that is known.';
COMMENT ON COLUMN tensor_peaks.meter IS 'What was read: live tensors < allocated < reserved < nvml (the driver); component = a part, or not a peak.';
COMMENT ON COLUMN tensor_peaks.scope IS 'per_gpu, or total = summed over cards.';
COMMENT ON COLUMN tensor_peaks.gib_low IS '[GiB] Low end of what the published figure can mean: GB or GiB, half of the last digit.';
COMMENT ON COLUMN tensor_peaks.gib_high IS '[GiB] High end of it.';
COMMENT ON COLUMN tensor_peaks.gib IS '[GiB] The figure.';
COMMENT ON COLUMN tensor_peaks.grade IS 'How complete: A configuration complete and meter known, B nearly, C rounded or incomplete. evidence holds the grade of evidence.';
COMMENT ON COLUMN tensor_peaks.strict IS '1 = every field that a prediction needs is present; else note opens with the reason.';
COMMENT ON COLUMN tensor_peaks.inferred IS 'Columns that were filled from defaults or from a reading of the text.';
COMMENT ON COLUMN tensor_peaks.extra IS 'Further facts, key=value separated by semicolons.';
COMMENT ON COLUMN tensor_peaks.published IS 'The figure as published.';
COMMENT ON COLUMN tensor_peaks.note IS 'Remarks.';
COMMENT ON COLUMN tensor_peaks.evidence IS 'Grade of evidence, as in the other tables.';

CREATE TABLE claims (
    id              VARCHAR PRIMARY KEY,
    topic           VARCHAR NOT NULL,
    sentence        VARCHAR NOT NULL,
    says_en         VARCHAR NOT NULL,
    quote           VARCHAR NOT NULL,
    number          DOUBLE,
    number_high     DOUBLE CHECK (number_high > number),
    unit            VARCHAR,
    formula         VARCHAR,
    target          VARCHAR,
    facts           VARCHAR CHECK (facts IS NULL OR json_valid(facts)),
    query           VARCHAR,
    also            VARCHAR CHECK (also IS NULL OR json_valid(also)),
    kind            VARCHAR NOT NULL CHECK (kind IN ('figure', 'rule', 'table', 'definition', 'equation', 'dependence')),
    primary_source  VARCHAR REFERENCES sources (key),
    primary_number  DOUBLE,
    primary_says    VARCHAR,
    primary_says_zh VARCHAR,
    source          VARCHAR NOT NULL REFERENCES sources (key),
    grade           grade NOT NULL,
    CHECK (contains(sentence, quote)),
    CHECK ((kind IN ('equation', 'dependence')) = (number IS NULL)),
    CHECK (primary_source IS NOT NULL OR (primary_number IS NULL AND primary_says IS NULL)),
    CHECK ((primary_says IS NULL) = (primary_says_zh IS NULL))
);
COMMENT ON TABLE claims IS 'Every quantitative sentence of the document, with what recomputes it. Verdicts are not stored: kb audit finds them.';
COMMENT ON COLUMN claims.id IS 'Short name of the claim.';
COMMENT ON COLUMN claims.topic IS 'What it is about; questions find it by this.';
COMMENT ON COLUMN claims.sentence IS 'The document''s words (Chinese).';
COMMENT ON COLUMN claims.says_en IS 'The same in English.';
COMMENT ON COLUMN claims.quote IS 'The part of the sentence that holds the number, word for word.';
COMMENT ON COLUMN claims.number IS 'The value claimed, in the unit of the column unit; empty for an equation or a dependence.';
COMMENT ON COLUMN claims.number_high IS 'Upper end, where the document gives a range.';
COMMENT ON COLUMN claims.unit IS 'Unit of number, as the document writes it; x is bytes per parameter.';
COMMENT ON COLUMN claims.formula IS 'Name of the formula that recomputes it.';
COMMENT ON COLUMN claims.target IS 'Quantity that is recomputed; the formula''s own, or an input for which it is solved.';
COMMENT ON COLUMN claims.facts IS 'JSON object of the inputs: numbers, or text with a unit; of a dependence the quantities it names and the rules to use.';
COMMENT ON COLUMN claims.query IS 'SQL that looks the number up in another table, in the unit of the column unit.';
COMMENT ON COLUMN claims.also IS 'JSON list of further computations shown beside it, each with formula, target and facts.';
COMMENT ON COLUMN claims.kind IS 'figure: follows from facts; rule: the document calls it experience; table: a copied cell; definition; equation: its sides are compared; dependence: names what a quantity depends on.';
COMMENT ON COLUMN claims.primary_source IS 'Where the claim comes from, first hand.';
COMMENT ON COLUMN claims.primary_number IS 'The number that this source states, in the unit of the column unit.';
COMMENT ON COLUMN claims.primary_says IS 'What that source says.';
COMMENT ON COLUMN claims.primary_says_zh IS 'The same in Chinese.';
COMMENT ON COLUMN claims.source IS 'Source of the row.';
COMMENT ON COLUMN claims.grade IS 'Evidence.';

CREATE TABLE representatives (
    params_b DOUBLE PRIMARY KEY CHECK (params_b > 0),
    model    VARCHAR NOT NULL REFERENCES models (name),
    other_shape VARCHAR REFERENCES models (name),
    source   VARCHAR NOT NULL REFERENCES sources (key),
    grade    grade NOT NULL
);
COMMENT ON TABLE representatives IS 'Which model stands for a question that names only a size ("a 70B"): all its facts are then assumed, and the answer says so.';
COMMENT ON COLUMN representatives.params_b IS '[billions] Size as people say it; the nearest row is taken.';
COMMENT ON COLUMN representatives.model IS 'The model that stands for that size.';
COMMENT ON COLUMN representatives.other_shape IS 'A usual model of about that size whose keys and values take another width per token (a head for every query head, or grouped); with many tokens both are answered.';
COMMENT ON COLUMN representatives.source IS 'Source of the row.';
COMMENT ON COLUMN representatives.grade IS 'Evidence: estimated, a convention of this project.';

CREATE TABLE instances (
    name   VARCHAR PRIMARY KEY,
    gpu    VARCHAR NOT NULL REFERENCES gpus (name),
    n_gpus INTEGER NOT NULL CHECK (n_gpus > 0),
    source VARCHAR NOT NULL REFERENCES sources (key),
    grade  grade NOT NULL
);
COMMENT ON TABLE instances IS 'Machines that clouds rent by a name of their own: the cards in each.';
COMMENT ON COLUMN instances.name IS 'The name in the price list.';
COMMENT ON COLUMN instances.gpu IS 'The card.';
COMMENT ON COLUMN instances.n_gpus IS 'Cards in it.';
COMMENT ON COLUMN instances.source IS 'Source of the row.';
COMMENT ON COLUMN instances.grade IS 'Evidence.';

CREATE TABLE usual_models (
    model  VARCHAR PRIMARY KEY REFERENCES models (name),
    source VARCHAR NOT NULL REFERENCES sources (key),
    grade  grade NOT NULL
);
COMMENT ON TABLE usual_models IS 'Models that people run today, of each size one or two: what an answer names where it is asked what a machine can run.';
COMMENT ON COLUMN usual_models.model IS 'The model.';
COMMENT ON COLUMN usual_models.source IS 'Source of the row.';
COMMENT ON COLUMN usual_models.grade IS 'Evidence: estimated, a convention of this project.';

CREATE TABLE overheads (
    name       VARCHAR NOT NULL CHECK (regexp_full_match(name, '[a-z0-9_]+')),
    applies_to VARCHAR NOT NULL,
    value      DOUBLE NOT NULL,
    unit       VARCHAR NOT NULL CHECK (unit IN ('MiB', 'share')),
    n_rows     INTEGER CHECK (n_rows > 0),
    fitted_on  VARCHAR NOT NULL,
    source     VARCHAR NOT NULL REFERENCES sources (key),
    grade      grade NOT NULL,
    PRIMARY KEY (name, applies_to)
);
COMMENT ON TABLE overheads IS 'The few constants that tensors do not show (runtime context, workspaces, allocator slack), each with what it was taken from.';
COMMENT ON COLUMN overheads.name IS 'Name of the quantity in the formulas.';
COMMENT ON COLUMN overheads.applies_to IS 'The engine or card class that it holds for; `any` for all others.';
COMMENT ON COLUMN overheads.value IS 'The constant, in the unit beside it.';
COMMENT ON COLUMN overheads.unit IS 'MiB, or a share of another quantity.';
COMMENT ON COLUMN overheads.n_rows IS 'Number of measurements that it was fitted on; empty where it is taken over from the source.';
COMMENT ON COLUMN overheads.fitted_on IS 'Which measurements, or which place of the source.';
COMMENT ON COLUMN overheads.source IS 'Source of the row.';
COMMENT ON COLUMN overheads.grade IS 'Evidence.';

CREATE TABLE spreads (
    task      VARCHAR NOT NULL CHECK (task IN ('inference', 'train')),
    figure    VARCHAR NOT NULL CHECK (figure IN ('tensors', 'measured')),
    without   VARCHAR NOT NULL,
    tail      DOUBLE NOT NULL CHECK (tail > 0 AND tail < 0.5),
    low_z     DOUBLE NOT NULL CHECK (low_z <= 0),
    high_z    DOUBLE NOT NULL CHECK (high_z >= 0),
    n_rows    INTEGER NOT NULL CHECK (n_rows >= 0),
    n_sources INTEGER NOT NULL CHECK (n_sources >= 0),
    source    VARCHAR NOT NULL REFERENCES sources (key),
    grade     grade NOT NULL,
    PRIMARY KEY (task, figure, without)
);
COMMENT ON TABLE spreads IS 'How far predictions of a kind have been from measurements: the interval of an estimate. Computed from the measurements by kb/calibrate.py.';
COMMENT ON COLUMN spreads.task IS 'inference or train.';
COMMENT ON COLUMN spreads.figure IS 'tensors: live tensors, counted; measured: a figure of a running program (allocated, reserved, or the driver''s).';
COMMENT ON COLUMN spreads.without IS 'Source whose measurements are left out, to judge that source by the others; `none` for none.';
COMMENT ON COLUMN spreads.tail IS '[share] What of the pooled runs lies beyond each end: the largest at which left-out sources are covered in 90 % of their rows (kb/calibrate.py).';
COMMENT ON COLUMN spreads.low_z IS '[share] Low percentile, at the tail, of (measured - best) over uncertain^0.2 * best^0.8, each source the same weight.';
COMMENT ON COLUMN spreads.high_z IS '[share] High percentile of the same.';
COMMENT ON COLUMN spreads.n_rows IS 'Measurements behind it; 0 where none measures this kind and the spread is a wide assumption.';
COMMENT ON COLUMN spreads.n_sources IS 'Sources behind it.';
COMMENT ON COLUMN spreads.source IS 'Source of the row.';
COMMENT ON COLUMN spreads.grade IS 'Evidence: measured, or estimated where n_rows is 0.';
