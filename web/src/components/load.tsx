// One query's three states: skeleton, problem with retry, content.
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { PanelSkeleton } from './page';
import { ProblemView } from './problem';

export function Load<T>({ query, rows, children }: { query: UseQueryResult<T>; rows?: number; children: (data: T) => ReactNode }) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.isError) return <ProblemView error={query.error} retry={() => void query.refetch()} />;
  return <PanelSkeleton rows={rows ?? 6} />;
}
