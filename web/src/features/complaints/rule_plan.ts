// What a form of a rule holds, and the plan that the API takes: back and forth.
import type { ComplaintRule, ComplaintRulePlan } from '../../api/generated';
import { propertiesOf } from '../surveys/trigger_form';

export interface WantedRule {
  name: string;
  where?: string;
  event?: string;
  channels?: string[];
  instrument?: string;
  score_max?: number | null;
  properties?: string;
  labels?: string[];
  sentiment_max?: number | null;
  aspect?: string;
  aspect_sentiment?: '' | 'negative' | 'neutral' | 'positive';
  category?: string;
  severity?: '' | 'low' | 'medium' | 'high' | 'critical';
  owner?: string;
  unit?: string;
  quiet_days?: number | null;
  within_days?: number | null;
}

const kOwn = ['name', 'channel', 'instrument', 'score_max', 'where'];

/** As the API takes it. `kept`: conditions of a rule that the form has no field for. */
export function rulePlanOf(values: WantedRule, kept: Record<string, string> = {}): ComplaintRulePlan {
  const text = (value: string | undefined) => value?.trim() ?? '';
  const filter: Record<string, string> = { ...kept };
  if (text(values.event)) filter['name'] = text(values.event);
  if (values.channels?.length) filter['channel'] = values.channels.join(',');
  if (text(values.instrument)) filter['instrument'] = text(values.instrument);
  if (typeof values.score_max === 'number') filter['score_max'] = String(values.score_max);
  if (text(values.where)) filter['where'] = text(values.where);
  return {
    filter,
    properties: propertiesOf(values.properties ?? ''),
    labels: values.labels ?? [],
    sentiment_max: typeof values.sentiment_max === 'number' ? values.sentiment_max : null,
    aspect: values.aspect ?? '',
    aspect_sentiment: values.aspect ? (values.aspect_sentiment ?? '') : '',
    category: values.category ?? '',
    severity: values.severity ?? '',
    owner: values.owner ?? '',
    unit: values.unit ?? '',
    quiet_days: values.quiet_days ?? 7,
    within_days: values.within_days ?? 7,
  };
}

/** A rule as it is, as the API takes it. */
export function planOf(rule: ComplaintRule): ComplaintRulePlan {
  const { filter, properties, labels, sentiment_max, aspect, aspect_sentiment, category, severity, unit, quiet_days, within_days } = rule;
  return { filter, properties, labels, sentiment_max, aspect, aspect_sentiment, category, severity, owner: rule.owner.id ?? '', unit, quiet_days, within_days };
}

/** Conditions that the form has no field for. */
export function keptOf(rule: ComplaintRule | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(rule?.filter ?? {}).filter(([key]) => !kOwn.includes(key)));
}

export function valuesOf(rule: ComplaintRule | undefined): Partial<WantedRule> {
  if (!rule) return { quiet_days: 7, within_days: 7 };
  const { filter } = rule;
  return {
    name: rule.name,
    ...(filter['name'] && { event: filter['name'] }),
    ...(filter['channel'] && { channels: filter['channel'].split(',') }),
    ...(filter['instrument'] && { instrument: filter['instrument'] }),
    ...(filter['score_max'] && { score_max: Number(filter['score_max']) }),
    ...(filter['where'] && { where: filter['where'] }),
    properties: Object.entries(rule.properties).map(([key, values]) => `${key}: ${values.join(' | ')}`).join('\n'),
    labels: rule.labels,
    sentiment_max: rule.sentiment_max,
    ...(rule.aspect && { aspect: rule.aspect, aspect_sentiment: rule.aspect_sentiment }),
    ...(rule.category && { category: rule.category }),
    ...(rule.severity && { severity: rule.severity }),
    ...(rule.owner.id && { owner: rule.owner.id }),
    ...(rule.unit && { unit: rule.unit }),
    quiet_days: rule.quiet_days,
    within_days: rule.within_days,
  };
}
