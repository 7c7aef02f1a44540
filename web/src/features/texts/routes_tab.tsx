// The rules that give comments a tag and a team.
import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useGetTextPart, type TextPart } from '../../api/generated';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { freshName } from './fresh_name';
import { kTones } from './said';
import { Drafted, SaveBar, ChoiceOf, useOptions, Versions } from './versions';

const kLists = ['intents', 'emotions', 'flags', 'aspects', 'aspect_sentiments', 'sentiments'] as const;
type ListName = typeof kLists[number];
const kKinds = { intents: 'intent', emotions: 'emotion', flags: 'flag', aspects: 'aspect' } as const;
const kNames = { name_zh: 'learn.name_zh', name_en: 'learn.name_en', team_zh: 'learn.team_zh', team_en: 'learn.team_en' } as const;
interface Route { key: string; name_en: string; name_zh: string; team_en?: string; team_zh?: string; when: Partial<Record<ListName, string[]>> }

export function readRoutes(body: string): Route[] {
  return (JSON.parse(body) as { routes?: Route[] }).routes ?? [];
}

/** As the server takes it: a condition without entries is none. */
export function writeRoutes(routes: Route[]): string {
  return JSON.stringify({ routes: routes.map((route) => ({ ...route, when: Object.fromEntries(Object.entries(route.when).filter(([, entries]) => (entries ?? []).length > 0)) })) });
}

function RouteRow({ data, route, set, remove, move }: { data: TextPart; route: Route; set: (next: Route) => void; remove: () => void; move: (by: -1 | 1) => void }) {
  const { t } = useTranslation();
  const options = useOptions(data);
  const tones = kTones.map((tone) => ({ value: tone as string, label: t(`texts.${tone}`) }));
  const name = (field: keyof typeof kNames) => (
    <Input size="small" value={route[field] ?? ''} maxLength={40} aria-label={t(kNames[field])} placeholder={t(kNames[field])} onChange={(event) => set({ ...route, [field]: event.target.value })} />
  );
  return (
    <div className="learn-row" data-testid="route">
      <div className="learn-names">
        {name('name_zh')}{name('name_en')}{name('team_zh')}{name('team_en')}
        <Button size="small" type="text" icon={<ArrowUpOutlined />} aria-label={t('learn.up', { name: route.name_en })} onClick={() => move(-1)} />
        <Button size="small" type="text" icon={<ArrowDownOutlined />} aria-label={t('learn.down', { name: route.name_en })} onClick={() => move(1)} />
        <Button size="small" type="text" danger icon={<DeleteOutlined />} aria-label={t('learn.remove', { name: route.name_en })} onClick={remove} />
      </div>
      <div className="learn-conditions">
        {kLists.map((list) => (
          <ChoiceOf
            key={list} label={t(`learn.when_${list}`)} value={route.when[list] ?? []} onChange={(value) => set({ ...route, when: { ...route.when, [list]: value } })}
            options={list === 'sentiments' || list === 'aspect_sentiments' ? tones : options(kKinds[list])}
          />
        ))}
      </div>
    </div>
  );
}

function Editor({ data, onShow }: { data: TextPart; onShow: (version: number | null) => void }) {
  const { t } = useTranslation();
  return (
    <Drafted data={data} read={readRoutes}>
      {(draft, set, changed, undo) => {
        const change = (at: number, next: Route | null) => set(draft.flatMap((route, index) => (index !== at ? [route] : next ? [next] : [])));
        const move = (at: number, by: -1 | 1) => {
          const next = [...draft];
          const [one, other] = [next[at], next[at + by]];
          if (!one || !other) return;
          next[at] = other;
          next[at + by] = one;
          set(next);
        };
        return (
          <>
            <Panel title={t('learn.routes')} note={t('learn.routes_note')}>
              {draft.map((route, index) => <RouteRow key={route.key} data={data} route={route} set={(next) => change(index, next)} remove={() => change(index, null)} move={(by) => move(index, by)} />)}
              <Button size="small" icon={<PlusOutlined />} disabled={draft.length >= 32} onClick={() => set([...draft, { key: freshName('route', draft.map((route) => route.key)), name_en: '', name_zh: '', team_en: '', team_zh: '', when: {} }])}>{t('learn.add_route')}</Button>
              <SaveBar part="routes" shows="routes" changed={changed} onUndo={undo} onSaved={() => onShow(null)} body={() => writeRoutes(draft)} />
            </Panel>
            <div className="section"><Versions data={data} onShow={onShow} /></div>
          </>
        );
      }}
    </Drafted>
  );
}

export function RoutesTab() {
  const [shown, setShown] = useState<number | null>(null);
  const part = useGetTextPart({ key: 'routes', ...(shown !== null && { version: shown }) });
  return <Load query={part}>{(data) => <Editor key={`${data.version}.${data.in_use}`} data={data} onShow={setShown} />}</Load>;
}
