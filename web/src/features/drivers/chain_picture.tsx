// The stages of the chain in a row, each link with its standardised slope, interval and lag.
import { ArrowRightOutlined } from '@ant-design/icons';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChainEffect, ChainLink, DriverChain } from '../../api/generated';
import { Formula } from '../../components/formula';
import { Panel } from '../../components/page';
import { exact } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useMetricCatalogue } from '../../state/catalogue';

/** 1 or -1: the interval lies on one side of 0; 0: it does not say. */
export function side(interval: readonly number[] | null | undefined): -1 | 0 | 1 {
  const [low, high] = [interval?.[0], interval?.[1]];
  if (low === undefined || high === undefined) return 0;
  return low > 0 ? 1 : high < 0 ? -1 : 0;
}

export const signed = (value: number, language: 'en' | 'zh', digits: number) => `${value > 0 ? '+' : ''}${exact(value, language, digits)}`.replace('-', '−');

/** "after 2 months" */
export function useAfter(grain: DriverChain['grain']) {
  const { t } = useTranslation();
  return (lag: number) => (lag === 0 ? t('chain.same_period') : t(`chain.after_${grain}`, { count: lag }));
}

export function useStageName(found: DriverChain) {
  const { t } = useTranslation();
  const { name } = useMetricCatalogue();
  return (key: string) => (found.stages.find((stage) => stage.metric === key)?.log ? t('chain.log_of', { name: name(key) }) : name(key));
}

function Link({ link, grain }: { link: ChainLink; grain: DriverChain['grain'] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const after = useAfter(grain);
  const clear = side(link.interval);
  const interval = link.interval && t('drivers.between', { low: signed(link.interval[0] ?? 0, language, 3), high: signed(link.interval[1] ?? 0, language, 3) });
  return (
    <div className="chain-link" data-clear={clear}>
      <b title={t('chain.standardised')}>{signed(link.standardised, language, 2)}</b>
      <ArrowRightOutlined className="chain-arrow" aria-hidden />
      <span className="small nowrap">{after(link.lag)}</span>
      <span className="muted small">{t('chain.slope_short', { value: signed(link.slope.value, language, 3) })}</span>
      {interval && <span className="muted small">{interval}</span>}
      {clear === 0 && <span className="muted small">{t('chain.unclear')}</span>}
    </div>
  );
}

function Sentence({ effect, found }: { effect: ChainEffect; found: DriverChain }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const stage = useStageName(found);
  const last = found.stages.at(-1)?.metric ?? '';
  const after = useAfter(found.grain);
  const clear = side(effect.standardised_interval);
  const of = { from: stage(effect.stage), to: stage(last), value: signed(effect.standardised, language, 3), low: signed(effect.standardised_interval?.[0] ?? 0, language, 3), high: signed(effect.standardised_interval?.[1] ?? 0, language, 3), after: after(effect.lag) };
  return <p style={{ margin: '12px 0 0' }}>{effect.standardised_interval === null ? t('chain.whole_unknown', of) : t(clear === 0 ? 'chain.whole_unclear' : 'chain.whole', of)}</p>;
}

export function ChainPicture({ found }: { found: DriverChain }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const stage = useStageName(found);
  const first = found.effects[0];
  return (
    <Panel title={<>{t('chain.title')} <Formula name={t('chain.title')} text={t('chain.formula')} source="Heskett, Jones, Loveman, Sasser, Schlesinger (1994), Harvard Business Review 72(2):164–174; Arellano (1987); Cameron, Miller (2015), Journal of Human Resources 50:317–372" /></>} note={t('chain.note')}>
      <div className="chain" role="group" aria-label={t('chain.title')}>
        {found.stages.map((one, i) => {
          const link = found.links[i];
          return (
            <Fragment key={one.metric}>
              <div className="chain-stage">
                <b>{stage(one.metric)}</b>
                <span className="muted small">{t('chain.known', { n: exact(one.known, language) })}</span>
              </div>
              {link && <Link link={link} grain={found.grain} />}
            </Fragment>
          );
        })}
      </div>
      {first && found.links.length > 1 && <Sentence effect={first} found={found} />}
      <p className="muted small" style={{ margin: '8px 0 0' }}>{t('chain.not_cause')}</p>
    </Panel>
  );
}
