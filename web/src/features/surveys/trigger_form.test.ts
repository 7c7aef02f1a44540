import { describe, expect, it } from 'vitest';
import { propertiesOf, triggerOf, type WantedTrigger } from './trigger_form';

const presets = [{ key: 'after-conversation', title: { zh: '会话后', en: 'After' }, template: 'after-contact', filter: { where: "name = 'Call Ended'" }, delay_minutes: 30 }];
const wanted = (more: Partial<WantedTrigger>): WantedTrigger => ({ key: 'k', channel: 'sms', connector: '7', ...more });

describe('what a trigger is made of', () => {
  it('reads properties line by line, with the colons and bars of both keyboards', () => {
    expect(propertiesOf('resolved: true | yes\nqueue：金｜银\n\nnonsense\nempty: ')).toEqual({ resolved: ['true', 'yes'], queue: ['金', '银'] });
  });
  it('takes conditions and delay of the ready one, unless another delay is given', () => {
    expect(triggerOf(wanted({ preset: 'after-conversation' }), presets)).toEqual({ key: 'k', connector: '7', channel: 'sms', filter: { where: "name = 'Call Ended'" }, delay_minutes: 30 });
    expect(triggerOf(wanted({ preset: 'after-conversation', delay: 0 }), presets).delay_minutes).toBe(0);
  });
  it('sends a share only where it is one, and the texts that were written', () => {
    expect(triggerOf(wanted({ where: 'channel = app', share: 100 }), presets)).not.toHaveProperty('share');
    const trigger = triggerOf(wanted({ where: 'channel = app', share: 25, text_en: ' Hello {link} ' }), presets);
    expect(trigger.share).toBe(0.25);
    expect(trigger.messages).toEqual({ en: { text: 'Hello {link}' } });
  });
});
