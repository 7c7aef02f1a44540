// What other systems hold of a customer, each read in place: one that is slow or away keeps nothing else waiting.
import { useTranslation } from 'react-i18next';
import { useGetCustomerVirtual, useListVirtualSources, type VirtualSource } from '../../api/generated';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { useMay } from '../../state/session';
import { VirtualRowsTable } from '../data/virtual_rows';

function Rows({ id, source }: { id: string; source: VirtualSource }) {
  const { t } = useTranslation();
  const rows = useGetCustomerVirtual({ id, source: source.id, limit: 20 }, { staleTime: 30_000 });
  return (
    <Panel title={source.name} note={t('virtual.in_place')}>
      <Load query={rows} rows={2}>{(data) => (data.rows.length === 0 ? <p className="muted" style={{ margin: 0 }}>{t('virtual.no_rows')}</p> : <VirtualRowsTable rows={data} />)}</Load>
    </Panel>
  );
}

export function VirtualPanels({ id }: { id: string }) {
  const may = useMay();
  const sources = useListVirtualSources({ enabled: may('view_metrics'), staleTime: 300_000 });
  return <>{sources.data?.items.filter((source) => source.enabled).map((source) => <Rows key={source.id} id={id} source={source} />)}</>;
}
