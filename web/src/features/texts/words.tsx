// Words that are typical for negative or positive comments, and what comments want and feel.
import { Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useGetTextWords, type TextLabel } from '../../api/generated';
import { Bars } from '../../components/bars';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { exact } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useScope } from '../../state/filters';
import { kToneColour, useSaid, asked, type Said } from './said';

const kShown = 15;

export function Words({ within }: { within: Said }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { query, ready } = useScope();
  const { open } = useSaid();
  const [of, setOf] = useState<'negative' | 'positive'>('negative');
  const words = useGetTextWords({ ...query, ...asked(within), of, limit: kShown }, { enabled: ready, keep: true });
  return (
    <Panel title={t('texts.words')} note={t('texts.words_note')} tools={<Segmented size="small" value={of} onChange={setOf} options={(['negative', 'positive'] as const).map((value) => ({ value, label: t(`texts.${value}`) }))} />}>
      <Load query={words} rows={8}>
        {(data) => {
          if (!data.enough) return <p className="muted">{t('texts.words_few', { inside: exact(data.inside, language), outside: exact(data.outside, language) })}</p>;
          if (data.items.length === 0) return <p className="muted">{t('texts.words_none')}</p>;
          const most = Math.max(...data.items.map((item) => item.n));
          return (
            <Bars
              bars={data.items.map((item) => ({
                key: item.word, label: item.word, length: item.n / most, colour: kToneColour[data.of as 'negative' | 'positive'], behind: 'comments', count: item.n,
                end: <><b>{exact(item.n, language)}</b> <span className="muted small">{t('texts.of_others', { n: exact(item.others, language) })}</span></>,
                hint: t('texts.score', { score: exact(item.score, language, 1) }),
              }))}
              onPick={(word) => open({ ...within, title: `${word} · ${t(`texts.${of}`)}`, word, sentiment: of })}
            />
          );
        }}
      </Load>
    </Panel>
  );
}

/** What comments want and feel; routes have a panel of their own. */
export function Labels({ labels: all, within, routes = false }: { labels: TextLabel[]; within: Said; routes?: boolean }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { open } = useSaid();
  const name = (label: TextLabel) => (language === 'zh' ? label.name_zh : label.name_en);
  const team = (label: TextLabel) => (routes ? (language === 'zh' ? label.team_zh || label.team_en : label.team_en) : t(`texts.group_${label.group}`));
  const labels = all.filter((label) => (label.group === 'route') === routes);
  const most = Math.max(...labels.map((label) => label.n), 1);
  return (
    <Panel title={t(routes ? 'texts.routes' : 'texts.labels')} note={t(routes ? 'texts.routes_note' : 'texts.labels_note')}>
      {labels.length === 0 ? <p className="muted">{t(routes ? 'texts.no_routes' : 'texts.no_labels')}</p> : (
        <Bars
          bars={labels.slice(0, kShown).map((label) => ({
            key: label.label, label: <>{name(label)} <span className="muted small">{team(label)}</span></>, length: label.n / most, colour: label.group === 'flag' ? 'var(--bad)' : 'var(--accent)',
            behind: 'comments', count: label.n, end: <><b>{exact(label.n, language)}</b></>, hint: t('texts.label_negative', { n: exact(label.negative, language) }),
          }))}
          onPick={(key) => open({ ...within, title: name(labels.find((label) => label.label === key) ?? labels[0] as TextLabel), label: key })}
        />
      )}
    </Panel>
  );
}
