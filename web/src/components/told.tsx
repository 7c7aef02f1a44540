// A number that no event stands behind: what it means, one click away.
import { Popover } from 'antd';
import type { ReactElement } from 'react';

export function Told({ words, children }: { words: string; children: ReactElement }) {
  return <Popover trigger="click" content={<div style={{ maxWidth: 320 }}>{words}</div>}>{children}</Popover>;
}
