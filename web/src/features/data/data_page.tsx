// Does everything arrive, and what does not? Sources, live debugger, quarantine, and how the parts are.
import { Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useGetStatus, type Status } from '../../api/generated';
import { Load } from '../../components/load';
import { Page } from '../../components/page';
import { compact, duration, exact } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { LiveTab } from './live_tab';
import { QuarantineTab } from './quarantine_tab';
import { SourcesTab } from './sources_tab';

function StatusCards({ status }: { status: Status }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { engine, journal, mover } = status;
  const bytes = (value: number) => `${exact(value / 1_048_576, language)} MB`;
  const cards = [
    { title: t('status.events'), value: compact(status.events, language), hint: exact(status.events, language), note: t('status.customers', { customers: exact(status.customers, language) }) },
    { title: t('status.waiting'), value: compact(journal.waiting_events, language), hint: exact(journal.waiting_events, language), note: bytes(journal.waiting_bytes) },
    { title: t('status.lag'), value: mover.lag_ms === 0 ? t('status.no_lag') : duration(mover.lag_ms, language), hint: '', note: t('status.blocks', { count: mover.blocks, blocks: exact(mover.blocks, language) }) },
    { title: t('status.engine'), value: t(`engine.${engine.state}`), hint: engine.version, note: `${bytes(engine.memory_bytes)} · ${t('status.restarts', { count: engine.restarts })}`, bad: engine.state !== 'ready' },
  ];
  return (
    <div className="grid cards">
      {cards.map((card) => (
        <div key={card.title} className="stat">
          <div className="top">{card.title}</div>
          <span className="value" style={{ fontSize: 22, ...(card.bad && { color: 'var(--bad)' }) }} title={card.hint}>{card.value}</span>
          <div className="meta">{card.note}</div>
        </div>
      ))}
    </div>
  );
}

export function DataPage() {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const status = useGetStatus({ refetchInterval: 5_000, keep: true });
  const choose = (view: string) => setParams((current) => {
    const address = new URLSearchParams(current);
    address.set('view', view);
    return address;
  }, { replace: true });
  const waiting = status.data?.quarantined ?? 0;
  return (
    <Page title={t('nav.data')} answers={t('data.answers')}>
      <Load query={status} rows={2}>{(data) => <StatusCards status={data} />}</Load>
      <div className="section">
        <Tabs activeKey={params.get('view') ?? 'sources'} onChange={choose} destroyOnHidden items={[
          { key: 'sources', label: t('data.sources'), children: <SourcesTab /> },
          { key: 'live', label: t('data.live'), children: <LiveTab /> },
          { key: 'quarantine', label: waiting > 0 ? `${t('data.quarantine')} (${waiting})` : t('data.quarantine'), children: <QuarantineTab /> },
        ]} />
      </div>
    </Page>
  );
}
