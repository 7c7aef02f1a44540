// What speaks for and against each channel for one customer and purpose: figures, the interval, the probability.
import { Segmented, Tag, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import type { BestChannel, ChannelProspect, ChannelTried } from '../../api/generated';
import { IntervalBars } from '../../components/interval_bars';
import { Told } from '../../components/told';
import { exact, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useNames } from '../../state/catalogue';

export type ChannelPurpose = BestChannel['purpose'];
export const kPurposes: ChannelPurpose[] = ['buy', 'help', 'get_through', 'please', 'reach'];

export function PurposeChoice({ value, onChange }: { value: ChannelPurpose; onChange: (next: ChannelPurpose) => void }) {
  const { t } = useTranslation();
  return (
    <div style={{ maxWidth: '100%', overflowX: 'auto' }}>
      <Segmented<ChannelPurpose> value={value} onChange={onChange} aria-label={t('best.purpose')} options={kPurposes.map((key) => ({ value: key, label: t(`best.purpose_${key}`), title: t(`best.words_${key}`) }))} />
    </div>
  );
}

function useReason(purpose: ChannelPurpose): (one: ChannelProspect) => string {
  const { t } = useTranslation();
  const language = useLanguage();
  return (one) => {
    const share = (of: ChannelTried) => (of.n === 0 ? '–' : percent(of.hits / of.n, language));
    const own = one.own.n === 0 ? t('best.own_none') : t(`best.own_${purpose}`, { hits: exact(one.own.hits, language), n: exact(one.own.n, language) });
    return [own, one.alike.n > 0 && t('best.alike', { share: share(one.alike), n: exact(one.alike.n, language) }), t('best.all', { share: share(one.all), n: exact(one.all.n, language) })].filter(Boolean).join(t('best.comma'));
  };
}

export function BestVerdict({ choice }: { choice: BestChannel }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  const first = choice.items[0];
  if (choice.best && first) return (
    <p style={{ margin: '10px 0' }} data-testid="best-channel">
      <Tag color="green">{names.channel(choice.best)}</Tag>
      <Told words={t('best.probability_words')}><button type="button" className="link num" data-drill="told">{t('best.probability', { share: percent(first.best, language) })}</button></Told>
    </p>
  );
  return <p className="muted" style={{ margin: '10px 0' }} data-testid="best-channel">{t(`best.why_${choice.why}`, { sure: percent(choice.sure, language) })}</p>;
}

export function BestChannels({ choice }: { choice: BestChannel }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  const reason = useReason(choice.purpose);
  const open = choice.items.filter((one) => one.why === '');
  const closed = choice.items.filter((one) => one.why !== '');
  return (
    <>
      <BestVerdict choice={choice} />
      {open.length > 0 && (
        <IntervalBars largest={1} bars={open.map((one) => ({
          key: one.channel,
          label: names.channel(one.channel),
          value: one.expected,
          interval: [one.low, one.high],
          hint: reason(one),
          end: (
            <Told words={`${reason(one)}${t('best.stop')}${t('best.expected_words', { low: percent(one.low, language), high: percent(one.high, language), best: percent(one.best, language) })}`}>
              <button type="button" className="link num" data-drill="told">{percent(one.expected, language)}</button>
            </Told>
          ),
        }))} />
      )}
      <ul className="muted small" style={{ margin: '10px 0 0', paddingInlineStart: 18 }}>
        {open.map((one) => <li key={one.channel}><b>{names.channel(one.channel)}</b>{t('best.colon')}{reason(one)}</li>)}
      </ul>
      {closed.length > 0 && (
        <p className="small" style={{ margin: '8px 0 0' }}>
          {closed.map((one) => <Tooltip key={one.channel} title={reason(one)}><Tag style={{ margin: 2 }}>{names.channel(one.channel)}{t('best.colon')}{t(`best.not_${one.why}`)}</Tag></Tooltip>)}
        </p>
      )}
    </>
  );
}
