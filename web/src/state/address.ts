// A choice that lives in the page's address, so that it can be shared and gone back from.
import { useSearchParams } from 'react-router';

export function useAddress(key: string, normal: string): [string, (value: string) => void] {
  const [params, setParams] = useSearchParams();
  return [params.get(key) ?? normal, (value) => setParams((current) => {
    const address = new URLSearchParams(current);
    address.set(key, value);
    return address;
  }, { replace: true })];
}
