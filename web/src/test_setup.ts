// What the browser has and jsdom lacks.
import { vi } from 'vitest';

Object.defineProperty(window, 'matchMedia', {
  writable: true,
  value: (query: string) => ({ matches: false, media: query, addEventListener: vi.fn(), removeEventListener: vi.fn(), addListener: vi.fn(), removeListener: vi.fn() }),
});
class NoObserver {
  observe() { /* sizes do not change here */ }
  unobserve() { /* same */ }
  disconnect() { /* same */ }
}
Object.assign(globalThis, { ResizeObserver: NoObserver });
window.scrollTo = () => undefined;
