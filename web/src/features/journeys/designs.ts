// A designed process as a list of parts, as people draw it, and as the blocks that are kept.
import type { ProcessBlock } from '../../api/generated';

export type PartKind = 'step' | 'choice' | 'parallel';

/** One step, one of several, or several in any order; perhaps left out, perhaps done again. */
export interface Part {
  kind: PartKind;
  steps: string[];
  optional: boolean;
  repeat: boolean;
}

const step = (key: string): ProcessBlock => ({ op: 'step', key, children: [] });
const block = (op: ProcessBlock['op'], children: ProcessBlock[]): ProcessBlock => ({ op, key: '', children });
const silent = (): ProcessBlock => block('silent', []);

export const newPart = (kind: PartKind, steps: string[]): Part => ({ kind, steps, optional: false, repeat: false });

function partBlock(part: Part): ProcessBlock {
  const steps = part.steps.map(step);
  const whole = part.kind === 'step' || steps.length === 1 ? steps[0]! : block(part.kind === 'choice' ? 'xor' : 'parallel', steps);
  const again = part.repeat ? block('loop', [whole, silent()]) : whole;
  return part.optional ? block('xor', [again, silent()]) : again;
}

/** Null: there is a part without steps, or none at all. */
export function blockOf(parts: Part[]): ProcessBlock | null {
  if (parts.length === 0 || parts.some((part) => part.steps.length === 0 || part.steps.includes(''))) return null;
  const blocks = parts.map(partBlock);
  return blocks.length === 1 ? blocks[0]! : block('sequence', blocks);
}

function partOf(of: ProcessBlock): Part | null {
  if (of.op === 'step') return newPart('step', [of.key]);
  const [first, second] = of.children;
  if (of.op === 'xor' && of.children.length === 2 && second?.op === 'silent') {
    const inner = first && partOf(first);
    return inner && !inner.optional ? { ...inner, optional: true } : null;
  }
  if (of.op === 'loop' && second?.op === 'silent') {
    const inner = first && partOf(first);
    return inner && !inner.optional && !inner.repeat ? { ...inner, repeat: true } : null;
  }
  if ((of.op === 'xor' || of.op === 'parallel') && of.children.length > 1 && of.children.every((child) => child.op === 'step')) {
    return newPart(of.op === 'xor' ? 'choice' : 'parallel', of.children.map((child) => child.key));
  }
  return null;
}

/** Null: the blocks are nested deeper than a list of parts. */
export function partsOf(of: ProcessBlock): Part[] | null {
  const parts = (of.op === 'sequence' ? of.children : [of]).map(partOf);
  return parts.every((part) => part !== null) ? parts : null;
}
