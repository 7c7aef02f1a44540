// Models learned from people's labels: learn, compare, put in use, go back.
import { ExperimentOutlined } from '@ant-design/icons';
import { Alert, Button, Drawer, Progress, Segmented, Table, Tag, type TableColumnsType } from 'antd';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useInvalidate } from '../../api/client';
import { useGetTextAspects, useGetTextLearning, useGetTextModel, useListAspectLabels, useListTextLabels, useStartTextLearning, useStopTextLearning, useUseTextVersion, type TextFigure, type TextLearning, type TextModelDetail, type TextModelVersion, type TextOwnLabel } from '../../api/generated';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { useProblemNotice } from '../../components/problem';
import { Teach } from '../../components/teach';
import { exact, moment, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useAddress } from '../../state/address';
import { useScope } from '../../state/filters';
import { useMay } from '../../state/session';
import { ToneTag } from './comment';
import { OwnAspects } from './own_aspect';
import { OwnLabel } from './own_label';
import type { Tone } from './said';
import { Sample } from './sample';
import { useReadAnew } from './versions';

type LearnedPart = 'model' | 'aspect_model';

/** Names of aspects by key; one that the catalogue no longer has goes by its key. */
function useAspectName() {
  const language = useLanguage();
  const { query, ready } = useScope();
  const aspects = useGetTextAspects({ ...query }, { enabled: ready });
  return (key: string) => {
    const one = aspects.data?.items.find((item) => item.aspect === key);
    return one ? (language === 'zh' ? one.name_zh : one.name_en) : key;
  };
}

function useFigure() {
  const { t } = useTranslation();
  const language = useLanguage();
  return (figure: TextFigure, whole = true) => {
    const write = (value: number) => (whole ? percent(value, language) : exact(value, language, 3));
    return figure.low === null || figure.high === null ? write(figure.value) : `${write(figure.value)} ${t('metric.interval', { low: write(figure.low), high: write(figure.high) })}`;
  };
}

function Verdict({ model }: { model: TextModelVersion }) {
  const { t } = useTranslation();
  if (model.better) return <Tag color="success">{t('learn.better')}</Tag>;
  if (model.worse) return <Tag color="error">{t('learn.worse')}</Tag>;
  return <Tag>{t('learn.no_difference')}</Tag>;
}

function Compared({ model }: { model: TextModelVersion }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const figure = useFigure();
  const rows = [
    { key: 'accuracy', name: t('learn.accuracy'), whole: true }, { key: 'macro_f1', name: t('learn.f1'), whole: true }, { key: 'ece', name: t('learn.ece'), whole: false },
  ] as const;
  return (
    <>
      <Table size="small" rowKey="key" pagination={false} scroll={{ x: 'max-content' }} dataSource={[...rows]} columns={[
        { title: '', dataIndex: 'name' },
        { title: model.compared_with === 'shipped' ? t('learn.shipped') : t('learn.version', { n: model.compared_with }), render: (_, row) => <span className="num">{figure(model.before[row.key], row.whole)}</span> },
        { title: t('learn.version', { n: model.version }), render: (_, row) => <span className="num">{figure(model.after[row.key], row.whole)}</span> },
      ]} />
      <p className="muted small">{t('learn.test', { before: exact(model.only_before, language), after: exact(model.only_after, language), p: exact(model.p_value, language, 4), n: exact(model.held_out, language) })}</p>
      <p className="muted small">{t('learn.card', { learned: exact(model.learned_from, language), features: exact(model.features, language), trust: exact(model.trust, language, 2) })}</p>
    </>
  );
}

function Detail({ detail }: { detail: TextModelDetail }) {
  const { t } = useTranslation();
  const name = useAspectName();
  const of = (aspect: string | null) => aspect !== null && <b>{name(aspect)}</b>;
  const text = (value: string | null) => (value === null ? <span className="muted">{t('learn.not_shown')}</span> : <span style={{ overflowWrap: 'anywhere' }}>{value}</span>);
  return (
    <>
      <Verdict model={detail.model} />
      <Compared model={detail.model} />
      <h3>{t('learn.changed')}</h3>
      {detail.changed.length === 0 ? <p className="muted">{t('learn.changed_none')}</p> : detail.changed.map((row) => (
        <article className="comment" key={row.event_id}>
          <p>{text(row.text)}</p>
          <div className="comment-meta">{of(row.aspect)} <ToneTag tone={row.before} chance={null} /> → <ToneTag tone={row.after} chance={null} /> {t('learn.truth')} <ToneTag tone={row.label} chance={null} /></div>
        </article>
      ))}
      <h3>{t('learn.worst')}</h3>
      {detail.worst.length === 0 ? <p className="muted">{t('learn.worst_none')}</p> : detail.worst.map((row) => (
        <article className="comment" key={row.event_id}>
          <p>{text(row.text)}</p>
          <div className="comment-meta">{of(row.aspect)} <ToneTag tone={row.predicted} chance={row.confidence} /> {t('learn.truth')} <ToneTag tone={row.label} chance={null} /></div>
        </article>
      ))}
    </>
  );
}

function ModelDrawer({ part, version, onClose }: { part: LearnedPart; version: number; onClose: () => void }) {
  const { t } = useTranslation();
  const detail = useGetTextModel({ id: String(version), part });
  return (
    <Drawer open onClose={onClose} size={Math.min(760, window.innerWidth)} title={t('learn.version', { n: version })} closable={{ 'aria-label': t('common.close') }}>
      <Load query={detail}>{(data) => <Detail detail={data} />}</Load>
    </Drawer>
  );
}

function Run({ part, data }: { part: LearnedPart; data: TextLearning }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const may = useMay();
  const notice = useProblemNotice();
  const invalidate = useInvalidate();
  const start = useStartTextLearning();
  const stop = useStopTextLearning();
  const { run, labels, needed } = data;
  const refresh = () => invalidate('getTextLearning');
  const running = run.state === 'running';
  const here = run.part === part;
  return (
    <Panel title={t('learn.labels')} note={t('learn.labels_note')} tools={may('manage_data') && (running
      ? <Button size="small" onClick={() => stop.mutate(undefined, { onSuccess: refresh, onError: notice })}>{t('learn.stop')}</Button>
      : <Button size="small" type="primary" loading={start.isPending} disabled={labels.n < needed} onClick={() => start.mutate({ body: { part } }, { onSuccess: refresh, onError: notice })}>{t('learn.retrain')}</Button>)}>
      <p data-testid="own-labels">{t('learn.label_counts', { n: exact(labels.n, language), negative: exact(labels.negative, language), neutral: exact(labels.neutral, language), positive: exact(labels.positive, language), agreeing: exact(labels.agreeing, language) })}</p>
      {part === 'aspect_model' && <p className="muted small">{t('learn.absent_count', { n: exact(labels.absent, language) })}</p>}
      {labels.n < needed && <Progress percent={Math.floor((labels.n / needed) * 100)} format={() => t('learn.needed', { n: exact(needed, language) })} />}
      {running && <Progress percent={Math.round(run.progress * 100)} status="active" />}
      {here && run.state === 'refused' && <Alert role="status" type="info" showIcon title={t('learn.refused')} description={run.detail} />}
      {here && run.state === 'failed' && <Alert type="error" showIcon title={t('learn.failed')} description={run.detail} />}
      {here && run.state === 'done' && <Alert role="status" type="success" showIcon title={t('learn.done', { n: run.version })} />}
      <p className="muted small">{t('learn.chosen_warning')}</p>
    </Panel>
  );
}

function OwnLabels() {
  const { t } = useTranslation();
  const language = useLanguage();
  const labels = useListTextLabels({ limit: 20 });
  const items: TextOwnLabel[] = labels.data?.pages.flatMap((page) => page.items) ?? [];
  if (items.length === 0) return null;
  return (
    <div className="section">
      <Panel title={t('learn.given')}>
        {items.map((item) => (
          <article className="comment" key={item.event_id}>
            <p>{item.text}</p>
            <div className="comment-meta">
              {item.heard && <ToneTag tone={item.heard as Tone} chance={null} />} <OwnLabel item={{ event_id: item.event_id, own: item.sentiment, sentiment: (item.heard ?? 'unknown') as Tone }} />
              <span className="muted small">{item.by.name || t('learn.owner')} · {moment(item.at, language)}</span>
            </div>
          </article>
        ))}
        {labels.hasNextPage && <Button loading={labels.isFetchingNextPage} onClick={() => void labels.fetchNextPage()}>{t('common.more')}</Button>}
      </Panel>
    </div>
  );
}

function OwnAspectLabels() {
  const { t } = useTranslation();
  const language = useLanguage();
  const name = useAspectName();
  const labels = useListAspectLabels({ limit: 20 });
  const items = labels.data?.pages.flatMap((page) => page.items) ?? [];
  if (items.length === 0) return null;
  return (
    <div className="section">
      <Panel title={t('learn.given')}>
        {items.map((item) => (
          <article className="comment" key={`${item.event_id} ${item.aspect}`} data-testid="aspect-label">
            <p>{item.text}</p>
            <div className="comment-meta">
              {item.heard === 'absent' ? <span className="muted small">{t('learn.not_there')}</span> : <ToneTag tone={item.heard} chance={null} />} →
              <OwnAspects name={name} item={{ event_id: item.event_id, aspects: item.sentiment === 'absent' ? [] : [{ aspect: item.aspect, sentiment: item.sentiment, positive: 0, own: true }], absent: item.sentiment === 'absent' ? [item.aspect] : [] }} />
              <span className="muted small">{item.by.name || t('learn.owner')} · {moment(item.at, language)}</span>
            </div>
          </article>
        ))}
        {labels.hasNextPage && <Button loading={labels.isFetchingNextPage} onClick={() => void labels.fetchNextPage()}>{t('common.more')}</Button>}
      </Panel>
    </div>
  );
}

function Models({ part, data }: { part: LearnedPart; data: TextLearning }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const may = useMay();
  const figure = useFigure();
  const anew = useReadAnew();
  const notice = useProblemNotice();
  const use = useUseTextVersion();
  const [shown, setShown] = useState<number | null>(null);
  const columns = useMemo<TableColumnsType<TextModelVersion>>(() => [
    { title: t('learn.model'), key: 'version', render: (_, one) => <><b className="num">{one.version}</b> {one.in_use && <Tag color="success">{t('learn.in_use')}</Tag>}<div className="muted small">{moment(one.made, language)} · {one.by.name || t('learn.owner')}</div></> },
    { title: t('learn.verdict'), key: 'verdict', render: (_, one) => <Verdict model={one} /> },
    { title: t('learn.accuracy'), key: 'accuracy', render: (_, one) => <span className="num">{percent(one.before.accuracy.value, language)} → {figure(one.after.accuracy)}</span> },
    { title: t('learn.held_out'), key: 'held_out', align: 'end', render: (_, one) => exact(one.held_out, language) },
    {
      title: '', key: 'act', render: (_, one) => (
        <div style={{ display: 'flex', gap: 8 }}>
          {may('view_customers') && <Button size="small" onClick={() => setShown(one.version)}>{t('learn.compare')}</Button>}
          {may('manage_data') && <Button size="small" loading={use.isPending} onClick={() => use.mutate({ key: part, body: { version: one.in_use ? 0 : one.version } }, { onSuccess: anew, onError: notice })}>{t(one.in_use ? 'learn.back' : 'learn.use')}</Button>}
        </div>
      ),
    },
  ], [t, language, may, figure, use, anew, notice, part]);
  return (
    <div className="section">
      <Panel title={t('learn.models')} note={t('learn.models_note')}>
        {data.models.length === 0
          ? <Teach icon={<ExperimentOutlined />} title={t('learn.no_models')} text={t(part === 'model' ? 'learn.no_models_text' : 'learn.no_aspect_models_text')} />
          : <Table<TextModelVersion> rowKey="version" size="small" columns={columns} dataSource={data.models} scroll={{ x: 'max-content' }} pagination={{ pageSize: 10, hideOnSinglePage: true, showSizeChanger: false }} />}
      </Panel>
      {shown !== null && <ModelDrawer part={part} version={shown} onClose={() => setShown(null)} />}
    </div>
  );
}

export function ModelsTab() {
  const { t } = useTranslation();
  const may = useMay();
  const invalidate = useInvalidate();
  const [running, setRunning] = useState(false);
  const [of, setOf] = useAddress('of', 'model');
  const part: LearnedPart = of === 'aspect_model' ? 'aspect_model' : 'model';
  const learning = useGetTextLearning({ part }, { refetchInterval: running ? 1000 : false });
  const state = learning.data?.run.state;
  const before = useRef(state);
  useEffect(() => {
    setRunning(state === 'running');
    if (before.current === 'running' && state !== 'running') void invalidate('getTextLearning');
    before.current = state;
  }, [state, invalidate]);
  return (
    <>
      <Segmented style={{ marginBottom: 12 }} value={part} onChange={(value) => setOf(value)} options={[{ value: 'model', label: t('learn.of_comments') }, { value: 'aspect_model', label: t('learn.of_aspects') }]} />
      <Load query={learning}>
        {(data) => (
          <>
            <Run part={part} data={data} />
            <Models key={part} part={part} data={data} />
            {part === 'model' && may('view_customers') && may('handle_complaints') && <Sample />}
            {may('view_customers') && (part === 'model' ? <OwnLabels /> : <OwnAspectLabels />)}
          </>
        )}
      </Load>
    </>
  );
}
