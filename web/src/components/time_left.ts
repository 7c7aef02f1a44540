// How long what is on its way will take, by how fast it has gone since it was first seen.
import { useEffect, useRef, useState } from 'react';

const kLeast = 0.03;  // of the whole: less of it says nothing of the speed

/** In ms; null: not to be said yet. `share` is 0 to 1, or null while nothing is on its way. */
export function useTimeLeft(share: number | null): number | null {
  const first = useRef<{ share: number; at: number } | null>(null);
  const [left, setLeft] = useState<number | null>(null);
  useEffect(() => {
    const now = Date.now();
    if (share === null || first.current === null || share < first.current.share) {
      first.current = share === null ? null : { share, at: now };
      setLeft(null);
      return;
    }
    const done = share - first.current.share;
    if (done >= kLeast) setLeft(((now - first.current.at) * (1 - share)) / done);
  }, [share]);
  return left;
}
