package figures

// namedEvents are events that texts name without their date.
func namedEvents() []string {
	events := calendar()
	out := make([]string, 0, len(events))
	for _, e := range events {
		out = append(out, e.name)
	}
	return out
}

type namedEvent struct {
	name string
	when date
}

// calendar says when they were.
func calendar() [32]namedEvent {
	return [...]namedEvent{
		{"唐山地震", date{1976, 7, 28}},
		{"唐山大地震", date{1976, 7, 28}},
		{"克拉玛依大火", date{1994, 12, 8}},
		{"汶川地震", date{2008, 5, 12}},
		{"汶川大地震", date{2008, 5, 12}},
		{"汶川特大地震", date{2008, 5, 12}},
		{"5·12地震", date{2008, 5, 12}},
		{"5.12地震", date{2008, 5, 12}},
		{"512地震", date{2008, 5, 12}},
		{"玉树地震", date{2010, 4, 14}},
		{"舟曲泥石流", date{2010, 8, 8}},
		{"温州动车事故", date{2011, 7, 23}},
		{"7·23动车事故", date{2011, 7, 23}},
		{"雅安地震", date{2013, 4, 20}},
		{"芦山地震", date{2013, 4, 20}},
		{"鲁甸地震", date{2014, 8, 3}},
		{"昆山爆炸", date{2014, 8, 2}},
		{"外滩踩踏", date{2014, 12, 31}},
		{"东方之星", date{2015, 6, 1}},
		{"天津港爆炸", date{2015, 8, 12}},
		{"天津爆炸", date{2015, 8, 12}},
		{"天津大爆炸", date{2015, 8, 12}},
		{"九寨沟地震", date{2017, 8, 8}},
		{"响水爆炸", date{2019, 3, 21}},
		{"响水化工厂爆炸", date{2019, 3, 21}},
		{"泸定地震", date{2022, 9, 5}},
		{"积石山地震", date{2023, 12, 18}},
		{"郑州暴雨", date{2021, 7, 20}},
		{"郑州特大暴雨", date{2021, 7, 20}},
		{"长沙自建房倒塌", date{2022, 4, 29}},
		{"南京大屠杀", date{1937, 12, 13}},
		{"切尔诺贝利", date{1986, 4, 26}},
	}
}

func named(name string) date {
	for _, e := range calendar() {
		if e.name == name {
			return e.when
		}
	}
	return date{}
}
