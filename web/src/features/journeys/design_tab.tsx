// A designed process: parts in order, drawn as they are put together, kept by name, and held against the store's cases.
import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, DownloadOutlined, PartitionOutlined, PlusOutlined } from '@ant-design/icons';
import { App, Button, Checkbox, Empty, Input, Popconfirm, Segmented, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem, useInvalidate } from '../../api/client';
import { useCreateProcessDesign, useDeleteProcessDesign, useListProcessDesigns, usePutProcessDesign, type ProcessDesign } from '../../api/generated';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { ProblemView } from '../../components/problem';
import { moment } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useNames } from '../../state/catalogue';
import { useDrill } from '../../state/drill';
import { useScope } from '../../state/filters';
import { useMay } from '../../state/session';
import { useDeviations } from './designed_process';
import { blockOf, newPart, partsOf, type Part, type PartKind } from './designs';
import { DeviationPanel } from './performance_tab';
import { ProcessTree } from './process_tree';

type Level = ProcessDesign['level'];
const kLevels: Level[] = ['stage', 'touchpoint', 'channel'];
const kKinds: PartKind[] = ['step', 'choice', 'parallel'];
const kRest = 600; // ms after the last change until the cases are asked

function PartRow({ part, at, count, level, readOnly, onChange, onMove, onRemove }: {
  part: Part; at: number; count: number; level: Level; readOnly: boolean; onChange: (part: Part) => void; onMove: (by: number) => void; onRemove: () => void;
}) {
  const { t } = useTranslation();
  const names = useNames();
  const options = [...new Set([...names[`${level}s`], ...part.steps])].map((value) => ({ value, label: names[level](value) }));
  return (
    <div className="design-part" data-testid="design-part">
      <span className="muted num">{at + 1}</span>
      <Select<PartKind> value={part.kind} disabled={readOnly} style={{ minWidth: 130 }} aria-label={`${t('design.part')} ${at + 1}`} options={kKinds.map((value) => ({ value, label: t(`design.kind_${value}`) }))}
        onChange={(kind) => onChange({ ...part, kind, steps: kind === 'step' ? part.steps.slice(0, 1) : part.steps })} />
      {part.kind === 'step'
        ? <Select showSearch={{ optionFilterProp: 'label' }} disabled={readOnly} style={{ flex: '1 1 160px' }} value={part.steps[0] || null} options={options} aria-label={`${t('design.steps')} ${at + 1}`} onChange={(key: string) => onChange({ ...part, steps: [key] })} />
        : <Select mode="multiple" showSearch={{ optionFilterProp: 'label' }} disabled={readOnly} style={{ flex: '1 1 160px' }} value={part.steps} options={options} aria-label={`${t('design.steps')} ${at + 1}`} onChange={(steps: string[]) => onChange({ ...part, steps })} />}
      <Checkbox checked={part.optional} disabled={readOnly} aria-label={`${t('design.optional')} ${at + 1}`} onChange={(event) => onChange({ ...part, optional: event.target.checked })}>{t('design.optional')}</Checkbox>
      <Checkbox checked={part.repeat} disabled={readOnly} aria-label={`${t('design.repeat')} ${at + 1}`} onChange={(event) => onChange({ ...part, repeat: event.target.checked })}>{t('design.repeat')}</Checkbox>
      {!readOnly && (
        <span className="nowrap">
          <Button size="small" type="text" icon={<ArrowUpOutlined />} disabled={at === 0} onClick={() => onMove(-1)} aria-label={`${t('settings.move_up')} ${at + 1}`} />
          <Button size="small" type="text" icon={<ArrowDownOutlined />} disabled={at === count - 1} onClick={() => onMove(1)} aria-label={`${t('settings.move_down')} ${at + 1}`} />
          <Button size="small" type="text" danger icon={<DeleteOutlined />} onClick={onRemove} aria-label={`${t('common.remove')} ${at + 1}`} />
        </span>
      )}
    </div>
  );
}

/** `kept`: the one that is changed; none: a new one. */
function Editor({ kept, chooser, select }: { kept: ProcessDesign | undefined; chooser: React.ReactNode; select: (id: string | undefined) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { message } = App.useApp();
  const { open } = useDrill();
  const names = useNames();
  const readOnly = !useMay()('manage_data');
  const { query, zone } = useScope();
  const invalidate = useInvalidate();
  const create = useCreateProcessDesign();
  const put = usePutProcessDesign();
  const remove = useDeleteProcessDesign();
  const known = kept ? partsOf(kept.block) : [];
  const [name, setName] = useState(kept?.name ?? '');
  const [level, setLevel] = useState<Level>(kept?.level ?? 'touchpoint');
  const [parts, setParts] = useState<Part[]>(known ?? []);
  const block = known === null ? kept!.block : blockOf(parts);
  const found = useDeviations({ ...query, level }, block ? { block } : undefined, kRest);
  const saved = async (design: ProcessDesign) => {
    void message.success(t('design.saved', { name: design.name, version: design.version }));
    await invalidate('listProcessDesigns');
    select(design.id);
  };
  const save = () => {
    if (!block) return;
    const body = { name: name.trim(), level, block };
    if (kept) put.mutate({ id: kept.id, body: { ...body, version: kept.latest } }, { onSuccess: (design) => void saved(design) });
    else create.mutate({ body }, { onSuccess: (design) => void saved(design) });
  };
  const drop = () => remove.mutate({ id: kept!.id }, { onSuccess: async () => { await invalidate('listProcessDesigns'); select(undefined); } });
  const error = put.error ?? create.error ?? remove.error;
  const file = (format: string) => `/api/journeys/designs/${kept?.id}/file?format=${format}`;
  const change = (at: number, part: Part) => setParts(parts.map((one, index) => (index === at ? part : one)));
  const move = (at: number, by: number) => setParts(parts.map((one, index) => (index === at ? parts[at + by]! : index === at + by ? parts[at]! : one)));
  return (
    <div className="grid">
      <Panel title={t('design.title')} note={kept && t('design.version', { version: kept.version, at: moment(kept.changed, language, zone) })} tools={(
        <>
          {kept && <Button icon={<DownloadOutlined />} href={file('bpmn')} download={`${kept.name}.bpmn`}>BPMN</Button>}
          {kept && <Button icon={<DownloadOutlined />} href={file('pnml')} download={`${kept.name}.pnml`}>PNML</Button>}
          {kept && !readOnly && <Popconfirm title={t('design.remove_sure')} onConfirm={drop}><Button danger icon={<DeleteOutlined />} aria-label={t('design.remove')} /></Popconfirm>}
          {!readOnly && <Button type="primary" disabled={!block || known === null || name.trim() === ''} loading={put.isPending || create.isPending} onClick={save}>{t('common.save')}</Button>}
        </>
      )}>
        <div className="filter-line" style={{ gap: '8px 16px' }}>
          {chooser}
          <Input style={{ maxWidth: 260 }} value={name} readOnly={readOnly} maxLength={60} placeholder={t('design.name')} aria-label={t('design.name')} onChange={(event) => setName(event.target.value)} />
          <Segmented<Level> value={level} disabled={parts.length > 0} onChange={setLevel} options={kLevels.map((value) => ({ value, label: t(`by.${value}`) }))} />
        </div>
        {error && <ProblemView error={error} />}
        {error instanceof ApiProblem && error.problem.code === 'ledger_conflict' && kept && <Button style={{ margin: '8px 0' }} onClick={() => { void invalidate('listProcessDesigns'); }}>{t('design.read_anew')}</Button>}
        <p className="muted small">{t('design.words')}</p>
        {known === null && <p className="muted">{t('design.nested')}</p>}
        {parts.map((part, at) => (
          <PartRow key={at} part={part} at={at} count={parts.length} level={level} readOnly={readOnly} onChange={(next) => change(at, next)} onMove={(by) => move(at, by)} onRemove={() => setParts(parts.filter((_, index) => index !== at))} />
        ))}
        {!readOnly && known !== null && kKinds.map((kind) => <Button key={kind} style={{ margin: '6px 8px 0 0' }} icon={<PlusOutlined />} onClick={() => setParts([...parts, newPart(kind, [])])}>{t(`design.add_${kind}`)}</Button>)}
      </Panel>
      <Panel title={t('design.picture')}>
        {block ? <div style={{ overflowX: 'auto' }} data-testid="design-picture"><ProcessTree block={block} name={names[level]} onStep={(key) => open({ title: names[level](key), [level]: key, why: 'step' })} /></div> : <Empty image={<PartitionOutlined style={{ fontSize: 40 }} />} styles={{ image: { height: 48 } }} description={t('design.empty')} />}
      </Panel>
      {block && <DeviationPanel data={{ cost: null, deviations: found.answer?.deviations ?? null }} name={names[level]} designed={found} />}
    </div>
  );
}

export function DesignTab() {
  const { t } = useTranslation();
  const designs = useListProcessDesigns();
  const [chosen, setChosen] = useState<string>();
  return (
    <Load query={designs} rows={6}>
      {({ items }) => {
        const kept = items.find((one) => one.id === chosen);
        const chooser = (
          <Select allowClear style={{ minWidth: 200 }} value={kept?.id ?? null} placeholder={t('design.new')} aria-label={t('design.kept')} onChange={(id: string | null) => setChosen(id ?? undefined)}
            options={items.map((one) => ({ value: one.id, label: one.name }))} />
        );
        return <Editor key={kept ? `${kept.id} ${kept.version}` : 'new'} kept={kept} chooser={chooser} select={setChosen} />;
      }}
    </Load>
  );
}
