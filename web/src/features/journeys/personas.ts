// Personas in words: their names, the filter that names one, and what is wrong with one before it is saved.
import { useListPersonas, type Persona, type PersonaChange } from '../../api/generated';
import { useLanguage } from '../../i18n';

export const kPersonasMax = 30;
const kKey = /^[A-Za-z0-9_-]{1,60}$/;

export const personaName = (of: Pick<Persona, 'key' | 'name_en' | 'name_zh'>, language: string): string => (language === 'zh' ? of.name_zh || of.name_en : of.name_en || of.name_zh) || of.key;

/** The condition that names a persona: keys are plain words. */
export const personaCondition = (key: string): string => `persona = ${key}`;

export function usePersonas(): { items: Persona[]; name: (of: Persona) => string } {
  const language = useLanguage();
  const { data } = useListPersonas({ staleTime: 60_000 });
  return { items: data?.items ?? [], name: (of) => personaName(of, language) };
}

export type Draft = Required<PersonaChange> & { key: string };

export const emptyPersona = (): Draft => ({ key: '', name_en: '', name_zh: '', description: '', goals: '', frustrations: '', quote: '', where: '', position: 0, version: 0 });

/** The first fault of each field; `others`: keys of the personas beside it. */
export function personaFaults(of: Draft, others: string[]): Partial<Record<'key' | 'name_en' | 'where', 'missing' | 'form' | 'twice'>> {
  return {
    ...(of.key === '' ? { key: 'missing' as const } : !kKey.test(of.key) ? { key: 'form' as const } : others.includes(of.key) ? { key: 'twice' as const } : {}),
    ...(of.name_en.trim() === '' && of.name_zh.trim() === '' && { name_en: 'missing' as const }),
    ...(of.where.trim() === '' && { where: 'missing' as const }),
  };
}
