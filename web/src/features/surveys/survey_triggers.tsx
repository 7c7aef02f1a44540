// Triggers: events that ask the customer they happened to by themselves; what they did, and a new one.
import { ThunderboltOutlined } from '@ant-design/icons';
import { App, Button, Popconfirm, Space, Table, Tag, type TableColumnsType } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useInvalidate } from '../../api/client';
import { useListSurveyTriggers, useMoveSurveyTrigger, type SurveyDetail, type Trigger, type TriggerMove } from '../../api/generated';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { useProblemNotice } from '../../components/problem';
import { Teach } from '../../components/teach';
import { exact, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useFunnelColumns } from './survey_rounds';
import { TriggerForm } from './trigger_form';

const kColours = { on: 'green', paused: 'gold', ended: 'default' } as const;

/** The conditions as they were written. */
export function conditionsOf(trigger: Pick<Trigger, 'filter' | 'properties'>): string {
  const parts = Object.entries(trigger.filter).map(([name, value]) => (name === 'where' ? value : `${name} = ${value}`));
  return [...parts, ...Object.entries(trigger.properties).map(([name, values]) => `${name}: ${values.join(' | ')}`)].join(' · ');
}

function Details({ trigger }: { trigger: Trigger }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const facts = [
    t('trigger.after', { n: exact(trigger.delay_minutes, language) }),
    trigger.share < 1 && t('trigger.of_share', { share: percent(trigger.share, language) }),
    trigger.quiet && t('trigger.quiet_from', { from: trigger.quiet.from, to: trigger.quiet.to }),
    t('trigger.within', { n: exact(trigger.within_hours, language) }),
    t('round.messages', { waiting: exact(trigger.unsent, language), reminded: exact(trigger.reminded, language), given_up: exact(trigger.given_up, language) }),
  ].filter(Boolean);
  return (
    <>
      <p className="small" style={{ marginTop: 0 }}><code>{conditionsOf(trigger)}</code></p>
      <dl className="facts">
        <div><dt>{t('trigger.events')}</dt><dd>{exact(trigger.events, language)}</dd></div>
        {trigger.waiting > 0 && <div><dt>{t('trigger.waiting')}</dt><dd>{exact(trigger.waiting, language)}</dd></div>}
        {trigger.left.map((one) => <div key={one.why}><dt>{t([`trigger.left_${one.why}`, `round.left_${one.why}`])}</dt><dd>{exact(one.count, language)}</dd></div>)}
        <div><dt>{t('round.asked')}</dt><dd><b>{exact(trigger.asked, language)}</b></dd></div>
      </dl>
      <p className="muted small">{facts.join(' · ')}</p>
      {trigger.error && <p className="small" role="alert" style={{ color: 'var(--bad)' }}>{t('trigger.error')} {trigger.error}</p>}
    </>
  );
}

function State({ survey, trigger }: { survey: SurveyDetail; trigger: Trigger }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const notice = useProblemNotice();
  const invalidate = useInvalidate();
  const move = useMoveSurveyTrigger();
  const to = (state: TriggerMove['state']) => move.mutate({ id: survey.id, trigger: trigger.id, body: { state } }, {
    onError: notice,
    onSuccess: async () => {
      await invalidate('listSurveyTriggers');
      void message.success(t(`trigger.state_${state}`));
    },
  });
  if (trigger.state === 'ended') return null;
  return (
    <Space size={4}>
      <Button size="small" loading={move.isPending} onClick={() => to(trigger.state === 'on' ? 'paused' : 'on')}>{t(trigger.state === 'on' ? 'trigger.pause' : 'trigger.go_on')}</Button>
      <Popconfirm title={t('trigger.end_sure')} okText={t('trigger.end')} cancelText={t('common.cancel')} onConfirm={() => to('ended')}><Button size="small" danger>{t('trigger.end')}</Button></Popconfirm>
    </Space>
  );
}

export function SurveyTriggers({ survey }: { survey: SurveyDetail }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const triggers = useListSurveyTriggers({ id: survey.id }, { refetchInterval: 10_000, keep: true });
  const [making, setMaking] = useState(false);
  const funnel = useFunnelColumns<Trigger>();
  const columns = useMemo<TableColumnsType<Trigger>>(() => [
    { title: t('round.key'), key: 'key', render: (_, one) => <>{one.key} <Tag color={kColours[one.state]}>{t(`trigger.state_${one.state}`)}</Tag></> },
    { title: t('trigger.events'), key: 'events', align: 'right', render: (_, one) => exact(one.events, language) },
    { title: t('round.channel'), dataIndex: 'channel', render: (channel: string) => t(`round.channel_${channel}`, { defaultValue: channel }) },
    ...funnel,
    { title: '', key: 'state', render: (_, one) => <State survey={survey} trigger={one} /> },
  ], [t, language, survey, funnel]);
  const add = <Button size="small" type="primary" icon={<ThunderboltOutlined />} disabled={survey.state === 'closed'} onClick={() => setMaking(true)}>{t('trigger.new')}</Button>;
  return (
    <Panel title={t('trigger.triggers')} note={t('trigger.note')} tools={add}>
      <Load query={triggers} rows={2}>
        {({ items, presets }) => (
          <>
            {items.length === 0
              ? <Teach icon={<ThunderboltOutlined />} title={t('trigger.empty')} text={t('trigger.empty_text')} />
              : <Table<Trigger> rowKey="id" size="small" columns={columns} dataSource={items} scroll={{ x: 'max-content' }} expandable={{ expandedRowRender: (one) => <Details trigger={one} /> }} pagination={{ pageSize: 10, hideOnSinglePage: true, showSizeChanger: false }} />}
            {making && <TriggerForm survey={survey} presets={presets} onClose={() => setMaking(false)} />}
          </>
        )}
      </Load>
    </Panel>
  );
}
