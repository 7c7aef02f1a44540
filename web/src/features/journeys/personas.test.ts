import { describe, expect, it } from 'vitest';
import { emptyPersona, personaCondition, personaFaults, personaName } from './personas';

describe('personas', () => {
  it('go by the name of the language, else by the other, else by their key', () => {
    const both = { key: 'hunter', name_en: 'Hunter', name_zh: '比价客' };
    expect([personaName(both, 'zh'), personaName(both, 'en')]).toEqual(['比价客', 'Hunter']);
    expect(personaName({ ...both, name_zh: '' }, 'zh')).toBe('Hunter');
    expect(personaName({ ...both, name_zh: '', name_en: '' }, 'en')).toBe('hunter');
  });

  it('tell what is missing before they are saved', () => {
    expect(personaFaults(emptyPersona(), [])).toEqual({ key: 'missing', name_en: 'missing', where: 'missing' });
    const whole = { ...emptyPersona(), key: 'hunter', name_zh: '比价客', where: 'trait.tier = gold' };
    expect(personaFaults(whole, ['other'])).toEqual({});
    expect(personaFaults(whole, ['hunter'])).toEqual({ key: 'twice' });
    expect(personaFaults({ ...whole, key: 'a b' }, [])).toEqual({ key: 'form' });
  });

  it('are named in a filter by their key', () => {
    expect(personaCondition('hunter-2')).toBe('persona = hunter-2');
  });
});
