// What is said of our brands and of competitors, is it good or bad, and when did it flare up, and why?
import { EditOutlined, SoundOutlined } from '@ant-design/icons';
import { Button, Tabs } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useGetReputation, useGetReputationBursts, type BurstReport, type ReputationReport } from '../../api/generated';
import { IntervalGroups } from '../../components/interval_groups';
import { Load } from '../../components/load';
import { Page, Panel } from '../../components/page';
import { Teach } from '../../components/teach';
import { metricValue, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useAddress } from '../../state/address';
import { comparison, useFilters, useScope } from '../../state/filters';
import { useMay } from '../../state/session';
import { BrandTable } from './brand_table';
import { BrandsDrawer } from './brands';
import { BurstMessages } from './burst_messages';
import { Bursts } from './bursts';
import { Posts } from './posts';
import { Volume } from './volume';
import { useBrandName } from './words';

function Overview({ report, bursts, compared, onPick }: { report: ReputationReport; bursts: BurstReport | undefined; compared: boolean; onPick: ((key: string) => void) | undefined }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const name = useBrandName(report.brands);
  const shares = report.brands.map((one) => ({ group: one.key, value: one.share.value, low: one.share.low, high: one.share.high, n: one.mentions, enough: one.share.value !== null }));
  const nets = report.brands.map((one) => ({ group: one.key, value: one.net.value, low: one.net.low, high: one.net.high, n: one.n, enough: one.net.value !== null }));
  const pick = (key: string) => onPick?.(key);
  return (
    <>
      <BrandTable report={report} compared={compared} onPick={onPick} />
      <div className="section"><Volume report={report} bursts={bursts?.items ?? []} /></div>
      <div className="grid two section">
        <Panel title={t('reputation.share')} note={t('reputation.share_note')}><IntervalGroups groups={shares} overall={null} direction="none" name={name} write={(value) => percent(value, language)} onPick={pick} /></Panel>
        <Panel title={t('reputation.net')} note={t('reputation.net_note')}><IntervalGroups groups={nets} overall={0} direction="up" name={name} write={(value) => metricValue(value, 'points', language)} onPick={pick} /></Panel>
      </div>
      <div className="section"><Platforms report={report} /></div>
    </>
  );
}

function Platforms({ report }: { report: ReputationReport }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const name = useBrandName(report.brands);
  const platforms = [...new Set(report.brands.flatMap((one) => one.platforms.map((at) => at.platform)))];
  const total = (platform: string) => report.brands.reduce((sum, one) => sum + (one.platforms.find((at) => at.platform === platform)?.mentions ?? 0), 0);
  const shown = platforms.toSorted((a, b) => total(b) - total(a)).slice(0, 12);
  if (shown.length === 0) return null;
  return (
    <Panel title={t('reputation.platforms')} note={t('reputation.platforms_note')}>
      <div style={{ overflowX: 'auto' }}>
        <table className="plain-table">
          <thead><tr><th>{t('reputation.brand')}</th>{shown.map((platform) => <th key={platform} className="num">{platform || t('reputation.no_platform')}</th>)}</tr></thead>
          <tbody>
            {report.brands.map((one) => (
              <tr key={one.key}>
                <td>{name(one.key)}</td>
                {shown.map((platform) => {
                  const at = one.platforms.find((candidate) => candidate.platform === platform);
                  return <td key={platform} className="num">{at?.mentions.toLocaleString(language === 'zh' ? 'zh-CN' : 'en-GB') ?? 0}{at && at.net.value !== null && <span className="muted small"> {metricValue(at.net.value, 'points', language, { signed: true })}</span>}</td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

export function ReputationPage() {
  const { t } = useTranslation();
  const may = useMay();
  const { filters } = useFilters();
  const { query, ready } = useScope();
  const [view, setView] = useAddress('view', 'overview');
  const [, setParams] = useSearchParams();
  const [editing, setEditing] = useState(false);
  const compare = comparison(filters);
  const report = useGetReputation({ ...query, compare }, { enabled: ready, keep: true, refetchInterval: 30_000 });
  const bursts = useGetReputationBursts({ ...query, compare }, { enabled: ready, keep: true, refetchInterval: 60_000 });
  const name = useBrandName(report.data?.brands ?? []);
  const edit = may('manage_data') && <Button icon={<EditOutlined />} onClick={() => setEditing(true)}>{t('reputation.edit_brands')}</Button>;
  const showPosts = (key: string) => setParams((current) => {
    const address = new URLSearchParams(current);
    address.set('brand', key);
    address.set('view', 'posts');
    return address;
  });
  const pick = may('view_customers') ? showPosts : undefined;
  return (
    <Page title={t('nav.reputation')} answers={t('reputation.answers')} actions={edit}>
      <Load query={report} rows={12}>
        {(data) => {
          if (data.brands.length === 0) return <Panel><Teach icon={<SoundOutlined />} title={t('reputation.empty')} text={t('reputation.empty_text')} action={edit} /></Panel>;
          if (data.posts === 0) return <Panel><Teach icon={<SoundOutlined />} title={t('reputation.no_data')} text={t('reputation.no_data_text')} /></Panel>;
          const tabs = [
            { key: 'overview', label: t('reputation.overview'), shown: true, children: <Overview report={data} bursts={bursts.data} compared={compare !== 'none'} onPick={pick} /> },
            { key: 'bursts', label: `${t('reputation.bursts')}${bursts.data ? ` (${bursts.data.items.length})` : ''}`, shown: true, children: <><BurstMessages name={name} /><div className="section"><Load query={bursts} rows={8}>{(found) => <Bursts report={found} name={name} />}</Load></div></> },
            { key: 'posts', label: t('reputation.posts'), shown: may('view_customers'), children: <Posts report={data} /> },
          ].filter((tab) => tab.shown);
          return <Tabs activeKey={tabs.some((tab) => tab.key === view) ? view : 'overview'} onChange={setView} destroyOnHidden items={tabs} />;
        }}
      </Load>
      {editing && <BrandsDrawer onClose={() => setEditing(false)} />}
    </Page>
  );
}
