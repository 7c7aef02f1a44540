// Only the parts of ECharts that the console draws with.
import { BarChart, ChordChart, LineChart, SankeyChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { LabelLayout } from 'echarts/features';
import { SVGRenderer } from 'echarts/renderers';

echarts.use([BarChart, ChordChart, LineChart, SankeyChart, GridComponent, TooltipComponent, LabelLayout, SVGRenderer]);

export { echarts };
