import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadTrainingCells } from '../../src/model/training-cells.js';
import { smallTissue, workplace } from './small-tissue.js';

test('from 50 cells on a tenth of them tells when to stop, below that none', async (t) => {
  const heldOutOf = async (cells: number, tissue = smallTissue({ cells })) => {
    const { data, path } = await workplace(t, tissue);
    const loaded = await loadTrainingCells(data, {
      ...{ layer: undefined, labelKeys: ['cell_type'], genes: 10, flavour: undefined, scaling: 'none' },
      ...{ heldOut: 0.1, seed: 0, run: path('run') },
    });
    const aside = loaded.heldOut?.prepared.values.rows ?? 0;
    assert.equal(loaded.prepared.values.rows, cells - aside);
    loaded.close();
    return aside;
  };
  assert.equal(await heldOutOf(49), 0);
  assert.equal(await heldOutOf(50), 5);
  const tissue = smallTissue({ cells: 60 });
  const names = { kind: 'string', values: tissue.obs.index } as const;
  const columns = new Map([...tissue.obs.columns, ['cell_type', names]] as const);
  const alone = { ...tissue, obs: { ...tissue.obs, columns } };
  assert.equal(await heldOutOf(60, alone), 6, 'labels of one cell each');
});
