// Rounds: whom the survey was sent to, how far they came, and a new one.
import { SendOutlined } from '@ant-design/icons';
import { App, Button, Collapse, Popconfirm, Space, Table, type TableColumnsType } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useInvalidate } from '../../api/client';
import { useListSurveyRounds, useTellRoundLinks, type AskedFunnel, type ChannelFunnel, type Round, type RoundRate, type SurveyDetail } from '../../api/generated';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { useProblemNotice } from '../../components/problem';
import { Teach } from '../../components/teach';
import { saveCsv } from '../../format/export';
import { exact, moment, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { Outcome, RoundForm } from './round_form';

function Rate({ count, rate }: { count: number; rate: RoundRate }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const known = rate.value !== null && rate.low !== null && rate.high !== null;
  return (
    <span className="nowrap">
      {exact(count, language)}
      {known && <span className="muted small"> · {percent(rate.value ?? 0, language)} ({t('drivers.between', { low: percent(rate.low ?? 0, language), high: percent(rate.high ?? 0, language) })})</span>}
    </span>
  );
}

const kSteps = ['opened', 'started', 'completed'] as const;

export function useFunnelColumns<Row extends { funnel: AskedFunnel }>(): TableColumnsType<Row> {
  const { t } = useTranslation();
  const language = useLanguage();
  return useMemo<TableColumnsType<Row>>(() => [
    { title: t('round.sent'), key: 'sent', align: 'right', render: (_, { funnel }) => exact(funnel.sent, language) },
    ...kSteps.map((step) => ({ title: t(`round.${step}`), key: step, align: 'right' as const, render: (_: unknown, { funnel }: Row) => <Rate count={funnel[step]} rate={funnel[`${step}_rate`]} /> })),
  ], [t, language]);
}

function Links({ survey, round }: { survey: SurveyDetail; round: Round }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const notice = useProblemNotice();
  const invalidate = useInvalidate();
  const tell = useTellRoundLinks();
  const save = () => tell.mutate({ id: survey.id, round: round.id }, {
    onError: notice,
    onSuccess: async ({ items }) => {
      if (items.length === 0) void message.warning(t('round.links_told'));
      else saveCsv(`${survey.key}-${round.key}.csv`, items.map((one) => ({ customer: one.customer, link: window.location.origin + one.path })));
      await invalidate('listSurveyRounds');
    },
  });
  if (round.told) return <span className="muted small">{t('round.links_told')}</span>;
  return <Popconfirm title={t('round.links_sure')} okText={t('round.links')} cancelText={t('common.cancel')} onConfirm={save}><Button size="small" loading={tell.isPending}>{t('round.links')}</Button></Popconfirm>;
}

function Details({ round }: { round: Round }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <>
      <Outcome outcome={round.outcome} done />
      {round.sample > 0 && <p className="muted small">{t('round.seed', { seed: String(round.outcome.seed) })}</p>}
      {round.connector && <p className="muted small">{t('round.messages', { waiting: exact(round.waiting, language), reminded: exact(round.reminded, language), given_up: exact(round.given_up, language) })}</p>}
      {round.expires && <p className="muted small">{t('round.expires_at', { at: moment(round.expires, language) })}</p>}
    </>
  );
}

function Channels({ channels }: { channels: ChannelFunnel[] }) {
  const { t } = useTranslation();
  const funnel = useFunnelColumns<ChannelFunnel>();
  const columns = useMemo<TableColumnsType<ChannelFunnel>>(() => [{ title: t('round.channel'), dataIndex: 'channel', render: (channel: string) => t(`round.channel_${channel}`, { defaultValue: channel }) }, ...funnel], [t, funnel]);
  return <Table<ChannelFunnel> rowKey="channel" size="small" columns={columns} dataSource={channels} pagination={false} scroll={{ x: 'max-content' }} />;
}

export function SurveyRounds({ survey }: { survey: SurveyDetail }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const rounds = useListSurveyRounds({ id: survey.id }, { refetchInterval: 10_000, keep: true });
  const [making, setMaking] = useState(false);
  const funnel = useFunnelColumns<Round>();
  const columns = useMemo<TableColumnsType<Round>>(() => [
    { title: t('round.key'), dataIndex: 'key' },
    { title: t('round.created'), key: 'created', render: (_, one) => <span className="nowrap">{moment(one.created, language)}</span> },
    { title: t('round.channel'), dataIndex: 'channel', render: (channel: string) => t(`round.channel_${channel}`, { defaultValue: channel }) },
    ...funnel,
    { title: '', key: 'links', render: (_, one) => <Links survey={survey} round={one} /> },
  ], [t, language, survey, funnel]);
  const add = <Button size="small" type="primary" icon={<SendOutlined />} disabled={survey.state !== 'open'} onClick={() => setMaking(true)}>{t('round.new')}</Button>;
  return (
    <Panel title={t('round.rounds')} note={t('round.note')} tools={<Space>{add}</Space>}>
      <Load query={rounds} rows={2}>
        {({ items, channels }) => (items.length === 0 && channels.length === 0
          ? <Teach icon={<SendOutlined />} title={t('round.empty')} text={t(survey.state === 'open' ? 'round.empty_text' : 'round.empty_closed')} />
          : (
            <>
              <Table<Round> rowKey="id" size="small" columns={columns} dataSource={items} scroll={{ x: 'max-content' }} expandable={{ expandedRowRender: (one) => <Details round={one} /> }} pagination={{ pageSize: 10, hideOnSinglePage: true, showSizeChanger: false }} />
              {channels.length > 0 && <Collapse ghost items={[{ key: 'channels', label: t('round.by_channel'), children: <Channels channels={channels} /> }]} />}
            </>
          ))}
      </Load>
      {making && <RoundForm survey={survey} onClose={() => setMaking(false)} />}
    </Panel>
  );
}
