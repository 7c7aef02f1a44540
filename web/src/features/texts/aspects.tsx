// What comments speak of: for each aspect how many, and how they are divided; each part opens its comments.
import { useTranslation } from 'react-i18next';
import type { TextAspect, TextAspects } from '../../api/generated';
import { ChangeMark } from '../../components/metric';
import { exact, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { kTones, kToneColour, useSaid, type Said } from './said';

const kNegative = { unit: 'share', direction: 'down' } as const;

function Row({ item, longest, compared, within }: { item: TextAspect; longest: number; compared: boolean; within: Said }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { open } = useSaid();
  const name = language === 'zh' ? item.name_zh : item.name_en;
  const share = item.negative.value !== null && item.negative.low !== null && item.negative.high !== null
    ? t('texts.negative_share', { share: percent(item.negative.value, language, 0), low: percent(item.negative.low, language, 0), high: percent(item.negative.high, language, 0) })
    : t('metric.not_enough', { n: exact(item.n, language) });
  return (
    <div className="aspect-row">
      <button type="button" className="link aspect-name" data-drill="comments" data-count={item.n} disabled={item.n === 0} onClick={() => open({ ...within, title: name, aspect: item.aspect })}>
        {name} <span className="muted num small">{exact(item.n, language)}</span>
      </button>
      <div className="aspect-bar" style={{ width: `${longest > 0 ? Math.max((item.n / longest) * 100, item.n > 0 ? 3 : 0) : 0}%` }}>
        {kTones.map((tone) => item[tone].count > 0 && (
          <button
            key={tone} type="button" data-drill="comments" data-count={item[tone].count} style={{ flexGrow: item[tone].count, background: kToneColour[tone] }}
            title={`${name} · ${t(`texts.${tone}`)}: ${exact(item[tone].count, language)}`} aria-label={`${name} · ${t(`texts.${tone}`)}: ${exact(item[tone].count, language)}`}
            onClick={() => open({ ...within, title: `${name} · ${t(`texts.${tone}`)}`, aspect: item.aspect, aspect_sentiment: tone })}
          />
        ))}
      </div>
      <div className="aspect-end small">
        <span className={item.enough ? 'num' : 'muted'}>{share}</span>
        {item.enough && compared && item.negative_change && <ChangeMark change={item.negative_change} metric={kNegative} compared={compared} />}
      </div>
    </div>
  );
}

export function Aspects({ data, compared, within }: { data: TextAspects; compared: boolean; within: Said }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const longest = Math.max(...data.items.map((item) => item.n), 0);
  if (longest === 0) return <p className="muted">{t('texts.no_aspects')}</p>;
  const spoken = data.items.filter((item) => item.n > 0);
  const silent = data.items.filter((item) => item.n === 0);
  return (
    <>
      {spoken.map((item) => <Row key={item.aspect} item={item} longest={longest} compared={compared} within={within} />)}
      {silent.length > 0 && <p className="muted small">{t('texts.silent')} {silent.map((item) => (language === 'zh' ? item.name_zh : item.name_en)).join(t('common.list'))}</p>}
    </>
  );
}
