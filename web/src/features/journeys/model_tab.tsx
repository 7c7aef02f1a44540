// Which sequences there are, how often, and the process that they come from.
import { NodeIndexOutlined } from '@ant-design/icons';
import { Segmented, Slider, Table, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useGetJourneyModel, type GetJourneyModelParams, type JourneyModel } from '../../api/generated';
import { ExportMenu } from '../../charts/chart';
import { DrillNumber } from '../../components/drill_number';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { Teach } from '../../components/teach';
import { Told } from '../../components/told';
import { exact, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useNames } from '../../state/catalogue';
import { useDrill } from '../../state/drill';
import { useScope } from '../../state/filters';
import { ProcessTree } from './process_tree';

type Level = NonNullable<GetJourneyModelParams['level']>;
const kLevels: Level[] = ['stage', 'touchpoint', 'channel'];
const kStepsShown = 14;

function Measure({ label, words, value }: { label: string; words: string; value: number | null }) {
  const language = useLanguage();
  return (
    <div className="ptree-measure">
      <span className="muted small">{label}</span>
      {value === null ? <b className="num">–</b> : <Told words={words}><button type="button" className="link num" data-drill="told"><b>{percent(value, language)}</b></button></Told>}
    </div>
  );
}

function Variants({ data, name }: { data: JourneyModel; name: (key: string) => string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <Table size="small" pagination={false} scroll={{ x: 'max-content' }} rowKey="key"
      dataSource={data.items.map((item) => ({ ...item, key: item.steps.join('>') }))} columns={[
        { title: '#', key: 'rank', render: (_, __, at) => <span className="num">{at + 1}</span> },
        {
          title: t('journey.variant'), key: 'steps',
          render: (_, row) => (
            <span className="ptree-variant">
              {row.steps.slice(0, kStepsShown).map((step, at) => <Tag key={`${at}:${step}`}>{name(step)}</Tag>)}
              {row.steps.length > kStepsShown && <span className="muted">{t('journey.more_steps', { count: row.steps.length - kStepsShown })}</span>}
            </span>
          ),
        },
        {
          title: t('journey.journeys'), key: 'journeys', align: 'end',
          render: (_, row) => <DrillNumber behind="explained" to={{ title: row.steps.map(name).slice(0, 4).join(' → '), why: 'journeys', shown: exact(row.journeys, language) }}>{exact(row.journeys, language)}</DrillNumber>,
        },
        { title: t('journey.of_all'), key: 'share', align: 'end', render: (_, row) => <span className="num">{percent(row.journeys / Math.max(1, data.journeys), language)}</span> },
        { title: t('journey.in_model'), key: 'fits', render: (_, row) => (row.fits ? <Tag color="green">{t('journey.fits')}</Tag> : <Tag color="orange">{t('journey.fits_not')}</Tag>) },
      ]} />
  );
}

export function ModelTab() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { query, ready } = useScope();
  const { open } = useDrill();
  const names = useNames();
  const [level, setLevel] = useState<Level>('stage');
  const [noise, setNoise] = useState(20);
  const [moving, setMoving] = useState(20);
  const model = useGetJourneyModel({ ...query, level, noise, variants: 50 }, { enabled: ready, keep: true });
  const name = names[level];
  const data = model.data;
  return (
    <Panel title={t('journey.model')} note={data && t('journey.of_variants', { count: data.variants, shown: exact(data.variants, language), journeys: exact(data.journeys, language) })}
      tools={data && <ExportMenu name="variants" svg={() => null} rows={() => data.items.map((item) => ({ journeys: item.journeys, fits: item.fits ? 1 : 0, steps: item.steps.join(' > ') }))} />}>
      <div className="filter-line" style={{ gap: '4px 24px' }}>
        <Segmented<Level> value={level} onChange={setLevel} options={kLevels.map((value) => ({ value, label: t(`by.${value}`) }))} />
        <label className="slider-line">
          <span className="muted nowrap">{t('journey.noise')}</span>
          <Slider min={0} max={100} step={5} value={moving} onChange={setMoving} onChangeComplete={setNoise} ariaLabelForHandle={t('journey.noise')} tooltip={{ open: false }} />
          <span className="num">{percent(moving / 100, language, 0)}</span>
        </label>
      </div>
      <Load query={model} rows={10}>
        {(found) => (found.tree === null ? <Teach icon={<NodeIndexOutlined />} title={t('journey.empty')} text={t('journey.empty_text')} />
          : (
            <>
              <div className="ptree-measures">
                <Measure label={t('journey.fitness')} words={t('journey.fitness_words')} value={found.fitness} />
                <Measure label={t('journey.token_fitness')} words={t('journey.token_fitness_words')} value={found.token_fitness} />
                <Measure label={t('journey.precision')} words={t('journey.precision_words')} value={found.precision} />
                <Measure label={t('journey.fitting')} words={t('journey.fitting_words')} value={found.fitting / Math.max(1, found.modelled)} />
              </div>
              <div className="ptree" data-testid="process-tree">
                <ProcessTree block={found.tree} name={name} onStep={(key) => open({ title: name(key), [level]: key, why: 'step' })} />
              </div>
              <p className="muted small">{t('journey.model_note')}{found.modelled < found.journeys && ` ${t('journey.modelled', { shown: percent(found.modelled / found.journeys, language) })}`}</p>
              <Variants data={found} name={name} />
            </>
          ))}
      </Load>
    </Panel>
  );
}
