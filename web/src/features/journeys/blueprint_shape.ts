// Cells of a service blueprint, and what of it goes back to the service.
import type { Blueprint, BlueprintCell, BlueprintCellChange, BlueprintChange } from '../../api/generated';

export type Lane = BlueprintCell['lane'];
export const kLanes: Lane[] = ['evidence', 'customer', 'frontstage', 'backstage', 'support'];

export function cellAt(data: Blueprint, lane: Lane, step: string): BlueprintCell | undefined {
  return data.cells.find((cell) => cell.lane === lane && cell.step === step);
}

/** Without the numbers, which are computed. */
export function bodyOf(data: Blueprint): BlueprintChange {
  return { version: data.version, steps: data.steps, cells: data.cells.map(({ values: _, ...cell }) => cell) };
}

/** The same with this cell in the place of the one that is there; a cell that says nothing is taken away. */
export function withCell(data: Blueprint, cell: BlueprintCellChange): BlueprintChange {
  const body = bodyOf(data);
  const others = body.cells.filter((one) => one.lane !== cell.lane || one.step !== cell.step);
  const says = Boolean(cell.text_en || cell.text_zh || cell.owner || cell.bindings.length > 0);
  return { ...body, cells: says ? [...others, cell] : others };
}
