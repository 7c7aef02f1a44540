// Light, dark, or as the system says; kept in the browser.
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { kDark, kLight, type Palette } from '../theme';

export type Appearance = 'light' | 'dark' | 'system';
const kStored = 'zhike.appearance';

interface Value {
  appearance: Appearance;
  palette: Palette;
  setAppearance: (next: Appearance) => void;
}
const Context = createContext<Value>({ appearance: 'system', palette: kLight, setAppearance: () => undefined });

const systemDark = () => typeof matchMedia === 'function' && matchMedia('(prefers-color-scheme: dark)').matches;

function stored(): Appearance {
  const value = localStorage.getItem(kStored);
  return value === 'light' || value === 'dark' ? value : 'system';
}

export function AppearanceProvider({ children }: { children: ReactNode }) {
  const [appearance, setStored] = useState<Appearance>(stored);
  const [system, setSystem] = useState(systemDark);
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const follow = () => setSystem(query.matches);
    query.addEventListener('change', follow);
    return () => query.removeEventListener('change', follow);
  }, []);
  const palette = appearance === 'dark' || (appearance === 'system' && system) ? kDark : kLight;
  useEffect(() => {
    const style = document.documentElement.style;
    document.documentElement.dataset.theme = palette.dark ? 'dark' : 'light';
    style.colorScheme = palette.dark ? 'dark' : 'light';
    const names = ['good', 'bad', 'neutral', 'accent', 'text', 'textSecondary', 'border', 'surface', 'canvas', 'promoter', 'passive', 'detractor'] as const;
    for (const name of names) style.setProperty(`--${name}`, palette[name]);
  }, [palette]);
  const value = useMemo<Value>(() => ({
    appearance, palette,
    setAppearance: (next) => {
      localStorage.setItem(kStored, next);
      setStored(next);
    },
  }), [appearance, palette]);
  return <Context value={value}>{children}</Context>;
}

export function useAppearance(): Value {
  return useContext(Context);
}
export function usePalette(): Palette {
  return useContext(Context).palette;
}
