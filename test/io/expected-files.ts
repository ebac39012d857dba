/** A file beside the checkout and what h5py and anndata 0.8 find in it, or the words by which it is refused. */
export type ExpectedFile =
  | {
      readonly file: string;
      readonly shape: readonly [cells: number, genes: number];
      /** name, storage, type on disk, stored values, their sum. */
      readonly matrices: readonly string[];
      /** Number of categories of some categorical columns of obs. */
      readonly labels: Readonly<Record<string, number>>;
    }
  | { readonly file: string; readonly refused: RegExp };

export const expectedFiles: readonly ExpectedFile[] = [
  {
    file: 'data/celllines5_celseq2.h5ad',
    shape: [909, 16074],
    matrices: ['X csr float32 5010785 2.2678e+07'],
    labels: { plate: 3 },
  },
  {
    file: 'data/cite_cbmc_2k.h5ad',
    shape: [8617, 2000],
    matrices: ['X csr float32 1160796 7.8172e+06'],
    labels: { cell_type: 15 },
  },
  {
    file: 'data/human_kidney_2k.h5ad',
    shape: [5685, 2000],
    matrices: ['X csr float32 1056999 4.09909e+06'],
    labels: { cell_type: 11 },
  },
  {
    file: 'data/mouse_heart_1k.h5ad',
    shape: [712, 31053],
    matrices: ['X csr float32 1297265 5.8515e+06'],
    labels: {},
  },
  {
    file: 'data/mouse_villus_enterocytes.h5ad',
    shape: [1383, 27998],
    matrices: ['X csr float32 2847950 1.08042e+07'],
    labels: { zone: 7 },
  },
  {
    file: 'data/paul15_native.h5ad',
    shape: [2730, 3451],
    matrices: ['X dense float32 9421230 6.08349e+06'],
    labels: { paul15_clusters: 19 },
  },
  {
    file: 'data/pbmc3k_lognorm.h5ad',
    shape: [2638, 13714],
    matrices: ['X csr float32 2238732 4.53567e+06'],
    labels: { cell_type: 9 },
  },
  {
    file: 'data/pbmc68k_reduced_counts.h5ad',
    shape: [700, 765],
    matrices: ['X csr float32 174400 486651'],
    labels: { bulk_labels: 10 },
  },
  {
    file: 'data/pbmc68k_reduced_native.h5ad',
    shape: [700, 765],
    matrices: ['X dense float32 535500 -243.681', 'raw/X csr float32 174400 319044'],
    labels: { bulk_labels: 10 },
  },
  {
    file: 'data/pbmc_200hvg_native.h5ad',
    shape: [7480, 200],
    matrices: ['X dense float32 1496000 1.95535e+06', 'layers/counts dense float32 1496000 1.95535e+06'],
    labels: {},
  },
  {
    file: 'data/worm_embryo.h5ad',
    shape: [1805, 10000],
    matrices: ['X csr float32 753299 1.2485e+06'],
    labels: { 'time.point': 4 },
  },
  {
    file: 'data/worm_l2.h5ad',
    shape: [5340, 5000],
    matrices: ['X csr float32 324187 686048'],
    labels: { cluster: 7 },
  },
  {
    file: 'data/wot_reprogramming_native.h5ad',
    shape: [1000, 1479],
    matrices: ['X csr float32 164059 585865'],
    labels: { cell_type: 6 },
  },
  {
    file: 'fixtures/d_all_zero.h5ad',
    shape: [200, 300],
    matrices: ['X csr float32 0 0'],
    labels: { cell_type: 3 },
  },
  {
    file: 'fixtures/d_csc_uint16.h5ad',
    shape: [200, 300],
    matrices: ['X csc uint16 25990 95183'],
    labels: { cell_type: 3 },
  },
  {
    file: 'fixtures/d_csr_unsorted_indices_dups.h5ad',
    shape: [200, 300],
    matrices: ['X csr float32 26087 95183'],
    labels: { cell_type: 3 },
  },
  {
    file: 'fixtures/d_dense_uint8_nocomp.h5ad',
    shape: [200, 300],
    matrices: ['X dense uint8 60000 93036'],
    labels: { cell_type: 3 },
  },
  { file: 'fixtures/d_empty_file.h5ad', refused: /is empty \(0 bytes\)/ },
  {
    file: 'fixtures/d_fixed_length_bytes_index.h5ad',
    shape: [200, 300],
    matrices: ['X csr float32 25990 95183'],
    labels: { cell_type: 3 },
  },
  {
    file: 'fixtures/d_label_integer.h5ad',
    shape: [200, 300],
    matrices: ['X csr float32 25990 95183'],
    labels: {},
  },
  {
    file: 'fixtures/d_label_plain_string_array.h5ad',
    shape: [200, 300],
    matrices: ['X csr float32 25990 95183'],
    labels: {},
  },
  {
    file: 'fixtures/d_label_unicode.h5ad',
    shape: [200, 300],
    matrices: ['X csr float32 25990 95183'],
    labels: { 'cell type_fine': 3 },
  },
  {
    file: 'fixtures/d_lognorm_only.h5ad',
    shape: [200, 300],
    matrices: ['X csr float32 25990 99769.6'],
    labels: { cell_type: 3 },
  },
  {
    file: 'fixtures/d_nullable_columns.h5ad',
    shape: [200, 300],
    matrices: ['X csr float32 25990 95183'],
    labels: {},
  },
  {
    file: 'fixtures/d_one_gene.h5ad',
    shape: [200, 1],
    matrices: ['X csr float32 135 345'],
    labels: { cell_type: 3 },
  },
  {
    file: 'fixtures/d_scaled_only_negative.h5ad',
    shape: [200, 300],
    matrices: ['X dense float32 60000 0.00335086'],
    labels: { cell_type: 3 },
  },
  { file: 'fixtures/d_truncated.h5ad', refused: /is cut short: 20000 of its 100566 bytes/ },
  { file: 'fixtures/d_zero_cells.h5ad', shape: [0, 300], matrices: ['X csr float32 0 0'], labels: {} },
  {
    file: 'fixtures/r_anndataR_example.h5ad',
    shape: [50, 100],
    matrices: [
      'X csr float32 4317 4791.22',
      'layers/counts csr float32 4317 9805',
      'layers/csc_counts csc float32 4317 9805',
      'layers/dense_X dense float32 5000 9675',
      'layers/dense_counts dense int64 5000 9805',
    ],
    labels: { leiden: 6 },
  },
  { file: 'fixtures/r_anndata_v0.11.4.h5ad', shape: [10, 20], matrices: [], labels: {} },
  {
    file: 'fixtures/r_anndata_v0.7.0.h5ad',
    shape: [30, 20],
    matrices: [
      'X csr float32 228 285',
      'layers/array dense float64 600 302.83',
      'layers/sparse csr float64 6 3.466',
      'raw/X csr float32 480 627',
    ],
    labels: { obs_cat: 22 },
  },
  { file: 'fixtures/r_anndatars_sample.h5ad', shape: [999, 1], matrices: [], labels: { roi: 1 } },
  {
    file: 'fixtures/r_cellxgene_3x4.h5ad',
    shape: [3, 4],
    matrices: ['X dense float64 12 12'],
    labels: { string_category: 2 },
  },
  {
    file: 'fixtures/r_cpdb_10x17198.h5ad',
    shape: [10, 17198],
    matrices: ['X dense float64 171980 27641.1'],
    labels: {},
  },
  {
    file: 'fixtures/r_czi_valid.h5ad',
    shape: [2, 7],
    matrices: ['X csr float32 14 50.5', 'raw/X csr float32 14 49'],
    labels: { cell_type_ontology_term_id: 1 },
  },
  {
    file: 'fixtures/r_duckdb_compound.h5ad',
    shape: [50, 20],
    matrices: ['X dense float32 1000 490.257'],
    labels: {},
  },
  {
    file: 'fixtures/r_duckdb_dup_var.h5ad',
    shape: [4, 6],
    matrices: ['X dense float32 24 84'],
    labels: { cell_type: 3 },
  },
  {
    file: 'fixtures/r_duckdb_large_categorical.h5ad',
    shape: [50, 200],
    matrices: ['X dense float32 10000 4962.38'],
    labels: { cell_type: 2 },
  },
  {
    file: 'fixtures/r_duckdb_no_index.h5ad',
    shape: [50, 100],
    matrices: ['X csr float32 475 243.166'],
    labels: {},
  },
  {
    file: 'fixtures/r_duckdb_obs_categorical.h5ad',
    shape: [200, 5],
    matrices: ['X dense float32 1000 522.544'],
    labels: { cell_type: 200 },
  },
  {
    file: 'fixtures/r_duckdb_uns.h5ad',
    shape: [100, 50],
    matrices: ['X dense float64 5000 -78.332'],
    labels: { cell_type: 3 },
  },
  { file: 'fixtures/r_muon_mudata_named_h5ad.h5ad', refused: /MuData file of several modalities/ },
  {
    file: 'fixtures/r_omnideconv_tpm_100x1000.h5ad',
    shape: [100, 1000],
    matrices: ['X dense float32 100000 2.46389e+06'],
    labels: { label: 3 },
  },
  {
    file: 'fixtures/r_openproblems_sci_car_554.h5ad',
    shape: [554, 1482],
    matrices: ['X csr float32 26721 49360'],
    labels: { source: 1 },
  },
  {
    file: 'fixtures/r_scanpy_allzero_X.h5ad',
    shape: [100, 5],
    matrices: ['X dense float64 500 0'],
    labels: { leiden: 7 },
  },
  {
    file: 'fixtures/r_scanpy_old_rawX_2956genes.h5ad',
    shape: [724, 221],
    matrices: ['X dense float32 160004 447.243', 'raw/X csr float32 184286 345011'],
    labels: { bulk_labels: 10 },
  },
  {
    file: 'fixtures/r_scimilarity_1000x1000.h5ad',
    shape: [1000, 1000],
    matrices: ['X csr float32 90431 106986', 'layers/counts csr float32 90431 295271'],
    labels: {},
  },
  {
    file: 'fixtures/r_scvelo_pancreas_50x27998.h5ad',
    shape: [50, 27998],
    matrices: [
      'X csr float32 126494 335512',
      'layers/spliced csr float32 126494 335512',
      'layers/unspliced csr float32 42367 65046',
    ],
    labels: {},
  },
  {
    file: 'fixtures/r_scvi_brainlarge_70x720.h5ad',
    shape: [70, 720],
    matrices: ['X csr float32 15274 38735'],
    labels: {},
  },
  {
    file: 'fixtures/r_scvi_pbmc10k_cite_200.h5ad',
    shape: [200, 16727],
    matrices: ['X dense float32 3345400 909531'],
    labels: {},
  },
  {
    file: 'fixtures/r_scvidata_smfish_4530x33.h5ad',
    shape: [4530, 33],
    matrices: ['X dense int64 149490 847624'],
    labels: { str_labels: 6 },
  },
  {
    file: 'fixtures/r_soma_multiome_100.h5ad',
    shape: [100, 100],
    matrices: ['X csr float32 13 14'],
    labels: {},
  },
  {
    file: 'fixtures/r_soma_osmfish_legacy_csr.h5ad',
    shape: [6471, 33],
    matrices: ['X csr float32 146550 1.24811e+06'],
    labels: { CellType: 32 },
  },
  {
    file: 'fixtures/r_soma_pbmc_small_raw.h5ad',
    shape: [80, 20],
    matrices: ['X dense float64 1600 -5.68434e-14', 'raw/X csr float64 4456 20440.2'],
    labels: { groups: 2 },
  },
  {
    file: 'fixtures/r_soma_x_csr.h5ad',
    shape: [80, 20],
    matrices: ['X csr float64 1600 -5.68434e-14'],
    labels: { groups: 2 },
  },
  {
    file: 'fixtures/r_soma_x_empty.h5ad',
    shape: [2638, 1838],
    matrices: ['X csr float32 0 0'],
    labels: { louvain: 8 },
  },
  {
    file: 'fixtures/r_squidpy_visium49.h5ad',
    shape: [49, 1999],
    matrices: ['X csr float32 22372 30129.6'],
    labels: { leiden: 5 },
  },
  {
    file: 'fixtures/r_zellk_krumsiek11.h5ad',
    shape: [640, 11],
    matrices: ['X dense float32 7040 2016.52'],
    labels: { cell_type: 5 },
  },
];
