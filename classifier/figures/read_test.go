package figures_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"huiying/classifier/figures"
)

// stated shows what a text states, as deaths=12 injuries=3.
func stated(reader *figures.Reader, title, body string, at time.Time) string {
	r := reader.Read(figures.Text{Title: title, Body: body, At: at})
	m := r.Stated()
	out := make([]string, 0, len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, fmt.Sprintf("%s=%v", k, m[k].Value))
	}
	return strings.Join(out, " ")
}

func TestRead_StatesFigures(t *testing.T) {
	t.Parallel()
	reader := figures.NewReader()
	for _, c := range []struct{ text, want string }{
		{"造成12人死亡。", "deaths=12"},
		{"事故致12死3伤。", "deaths=12 injuries=3"},
		{"死亡十二人，重伤5人。", "deaths=12 serious_injuries=5"},
		{"现已确认12人死亡、5人重伤，搜救仍在进行。", "deaths=12 serious_injuries=5"},
		{"已造成31人死亡、7人受伤。", "deaths=31 injuries=7"},
		{"造成1人死亡、3人轻伤，消防已到场。", "deaths=1 injuries=3"},
		{"12名矿工被困井下，救援力量正在赶赴现场。", "trapped=12"},
		{"死亡人数升至17人，失踪3人。", "deaths=17 missing=3"},
		{"遇难者人数已达二十三人。", "deaths=23"},
		{"造成九千二百余人死亡", "deaths=9200"},
		{"造成17人死亡、1人重伤、4人轻伤，28人轻微伤。", "deaths=17 injuries=33 serious_injuries=1"},
		{"导致34人受伤，重伤有8人，其中危重2人。", "injuries=34 serious_injuries=8"},
		{"两名学生当场死亡，25名师生受伤，其中7名伤势较重。", "deaths=2 injuries=25 serious_injuries=7"},
		{"六男四女共十人当场死亡，另外两男子受重伤。", "deaths=10 serious_injuries=2"},
		{"3名学生和2名教师不幸遇难。", "deaths=5"},
		{"截至目前无人员伤亡。", "deaths=0 injuries=0"},
		{"所幸并未造成人员伤亡。", "deaths=0 injuries=0"},
		{"未接到人员伤亡和财产损失报告。", "deaths=0 injuries=0"},
		{"暂无人员中毒，1.2万人已紧急疏散转移", "evacuated=12000 sick=0"},
		{"受害森林面积约1800亩，火势尚未控制，无人员伤亡。", "deaths=0 forest_ha=120 injuries=0"},
		{"初步估计直接经济损失600万元，人员已提前转移，无伤亡。", "deaths=0 injuries=0 loss_yuan=6e+06"},
		{"过火面积800平方米，直接经济损失约600万元，没有人员伤亡。", "deaths=0 injuries=0 loss_yuan=6e+06"},
		{"四川汶川县发生七点八级地震。", "magnitude=7.8"},
		{"汶川县发生7．8级地震。", "magnitude=7.8"},
		{"79名学生先后出现不同程度的呕吐、腹泻等食物中毒症状。", "sick=79"},
		{"16人出现不适症状，其中3人经抢救无效死亡。", "deaths=3 sick=16"},
		{"63名员工疑似食物中毒，目前已造成2人死亡。", "deaths=2 sick=63"},
		{"200余名业主在售楼部门口聚集维权。", "participants=200"},
		{"百余人聚集堵路。", "participants=100"},
		{"面包车司机不幸身亡。", "deaths=1"},
		{"死者为一对母女。", "deaths=2"},
		{"一家三口不幸遇难", "deaths=3"},
		{"6名员工在清理污水池时，先后中毒晕倒，经抢救无效死亡。", "deaths=6 sick=6"},
		{"1人受重伤后死亡。", "deaths=1"},
		{"全县3万户停水24小时。", "hours=24 households=30000"},
		{"出了人命怎么办？", ""},
		{"一旦发生火灾，造成3人死亡谁负责？", ""},
		{"如果再不管，死10个人才重视吗？", ""},
		{"近3年已有5名环卫工人死于交通事故。", ""},
		{"今年以来全县共发生事故30起，死亡32人。", ""},
		{"造成3人以上10人以下死亡的，为较大事故。", ""},
		{"抗震设防烈度8级。", ""},
		{"电影《十二人死亡》热映。", ""},
		{"共从建筑内疏散出被困人员约400人。", ""},
		{"出动120名消防官兵救出被困群众。", ""},
		{"多人重伤。", ""},
		{"消防通道成了死角，吵死了。", ""},
		{"父亲去年因病去世。", ""},
	} {
		if got := stated(reader, "", c.text, time.Time{}); got != c.want {
			t.Errorf("%s\n  got  %s\n  want %s", c.text, got, c.want)
		}
	}
}

// counted shows what a text states as fact of now; what it states otherwise by a word.
func counted(reader *figures.Reader, body string) string {
	r := reader.Read(figures.Text{Body: body, At: at()})
	var out []string
	for _, m := range figures.Metrics() {
		if f, ok := r.Last(m, 0); ok {
			out = append(out, fmt.Sprintf("%s=%v", m, f.Value))
			continue
		}
		for _, c := range []struct {
			ctx  figures.Context
			name string
		}{{figures.Drill, "DRILL"}, {figures.Historical, "OLD"}, {figures.Statistic, "STAT"}, {figures.Hearsay, "SAID"}} {
			if _, ok := r.Last(m, c.ctx); ok && m == figures.Deaths {
				out = append(out, fmt.Sprintf("%s=%s", m, c.name))
			}
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}
