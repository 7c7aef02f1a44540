// Which tab of a page is open, in its address.
import { useSearchParams } from 'react-router';

export function useView(first: string): [string, (view: string) => void] {
  const [params, setParams] = useSearchParams();
  const choose = (view: string) => setParams((current) => {
    const address = new URLSearchParams(current);
    address.set('view', view);
    return address;
  }, { replace: true });
  return [params.get('view') ?? first, choose];
}
