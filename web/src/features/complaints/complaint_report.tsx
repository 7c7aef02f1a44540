// How complaints are dealt with: the numbers that matter, root causes, and where they come from.
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useGetComplaintReport, type ComplaintReport as Report, type ComplaintShare } from '../../api/generated';
import { Bars } from '../../components/bars';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { exact, money, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useNames } from '../../state/catalogue';
import { useScope } from '../../state/filters';
import { Pareto } from './pareto';
import { useCategories } from './words';

const kEnough = 10; // fewer cases: no bold number

function Stat({ title, value, weak, meta }: { title: string; value: string; weak?: boolean; meta: string }) {
  return <div className="stat"><div className="top">{title}</div><span className={weak ? 'value weak' : 'value'}>{value}</span><div className="meta">{meta}</div></div>;
}

function ShareStat({ title, share, explain }: { title: string; share: ComplaintShare; explain: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const enough = share.value !== null && share.n >= kEnough;
  const interval = enough && share.low !== null && share.high !== null ? `${t('metric.interval', { low: percent(share.low, language), high: percent(share.high, language) })} · ` : '';
  return <Stat title={title} weak={!enough} value={enough ? percent(share.value ?? 0, language) : t('metric.not_enough', { n: share.n })} meta={`${interval}n = ${exact(share.n, language)} · ${explain}`} />;
}

function Recovery({ report }: { report: Report }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const hours = (value: number | null) => (value === null ? t('complaint.not_reached') : t('complaint.hours', { n: exact(value, language, 1) }));
  const { half, nine_tenths: most, n, ended } = report.recovery;
  const enough = ended >= kEnough;
  return (
    <Stat
      title={t('complaint.recovery')} weak={!enough} value={enough ? hours(half.value) : t('metric.not_enough', { n: ended })}
      meta={`${enough ? `${t('metric.interval', { low: hours(half.low), high: half.high === null ? '∞' : hours(half.high) })} · ${most.value === null ? '' : `${t('complaint.nine_tenths', { hours: hours(most.value) })} · `}` : ''}${t('complaint.recovery_n', { n: exact(n, language), ended: exact(ended, language) })}`}
    />
  );
}

function Counts({ title, counts, name, link }: { title: string; counts: { key: string; count: number }[]; name: (key: string) => string; link: (key: string) => string }) {
  const language = useLanguage();
  const largest = Math.max(1, ...counts.map((one) => one.count));
  return <Panel title={title}><Bars bars={counts.slice(0, 15).map((one) => ({ key: one.key, label: name(one.key), length: one.count / largest, colour: 'var(--accent)', end: exact(one.count, language), to: link(one.key) }))} /></Panel>;
}

function Satisfied({ report }: { report: Report }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <Panel title={t('complaint.satisfaction')} note={t('complaint.satisfaction_note')}>
      {report.satisfaction.length === 0 && <p className="muted" style={{ margin: 0 }}>{t('complaint.no_satisfaction')}</p>}
      {report.satisfaction.map((one) => (
        <div key={one.instrument} className="stat">
          <div className="top">{t(`instrument.${one.instrument}`, { defaultValue: one.instrument.toUpperCase() })}</div>
          <span className={one.pairs >= kEnough ? 'value' : 'value weak'}>{one.pairs >= kEnough ? `${exact(one.before, language, 2)} → ${exact(one.after, language, 2)}` : t('metric.not_enough', { n: one.pairs })}</span>
          <div className="meta">{one.pairs >= kEnough && one.low !== null && one.high !== null && `${t('complaint.difference', { value: exact(one.difference, language, 2) })} · ${t('metric.interval', { low: exact(one.low, language, 2), high: exact(one.high, language, 2) })} · `}n = {exact(one.pairs, language)}</div>
        </div>
      ))}
    </Panel>
  );
}

export function ComplaintReport() {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  const { name } = useCategories();
  const { query, ready } = useScope();
  const report = useGetComplaintReport(query, { enabled: ready, keep: true });
  return (
    <Load query={report}>
      {(found) => (
        <>
          <div className="grid cards">
            <Stat title={t('complaint.count')} value={exact(found.opened, language)} meta={t('complaint.count_meta', { open: exact(found.open, language), overdue: exact(found.overdue, language) })} />
            <Recovery report={found} />
            <ShareStat title={t('complaint.in_time')} share={found.in_time} explain={t('complaint.in_time_explain')} />
            <ShareStat title={t('complaint.first_time_right')} share={found.first_time_right} explain={t('complaint.first_time_right_explain', { n: found.days })} />
            <ShareStat title={t('complaint.recurrence')} share={found.recurrence} explain={t('complaint.recurrence_explain', { n: found.days })} />
            <ShareStat title={t('complaint.suggested_right')} share={found.suggested_right} explain={t('complaint.suggested_right_explain')} />
            {found.costs.map((sum) => <Stat key={sum.given.currency} title={t('complaint.given')} value={money(sum.given, language)} meta={t('complaint.given_meta', { n: exact(sum.complaints, language), waiting: money(sum.waiting, language) })} />)}
          </div>
          <div className="section"><Pareto report={found} /></div>
          <div className="grid two section">
            <Counts title={t('complaint.by_category')} counts={found.categories} name={name} link={(key) => `/complaints?category=${encodeURIComponent(key)}`} />
            <Counts title={t('complaint.by_channel')} counts={found.channels} name={names.channel} link={(key) => `/complaints?channel=${encodeURIComponent(key)}`} />
          </div>
          <div className="section"><Satisfied report={found} /></div>
          <p className="section"><Link to="/complaints?only=overdue">{t('complaint.see_overdue')}</Link> · <Link to="/complaints?view=improvements">{t('complaint.see_improvements')}</Link></p>
        </>
      )}
    </Load>
  );
}
