package near_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"huiying/classifier/near"
)

// at is the instant of the examples.
var at = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

const complaint = "我是%s的业主，小区楼下的烧烤店每天营业到凌晨两点，油烟直接排进居民家里，噪音大得老人孩子无法入睡。" +
	"业主多次找物业和社区反映，都说管不了。拨打热线后停了两天又照旧。请有关部门尽快查处，还居民一个安静的环境。"

func report(place string) near.Text {
	return near.Text{Title: place + "楼下烧烤店油烟噪音扰民", Body: strings.Replace(complaint, "%s", place, 1), At: at}
}

func TestLook_SameMatter(t *testing.T) {
	t.Parallel()
	for name, texts := range map[string][2]near.Text{
		"the same text again":             {report("翠湖花园小区"), report("翠湖花园小区")},
		"full-width forms and spaces":     {report("翠湖花园小区"), {Title: "翠湖花园小区 楼下　烧烤店，油烟噪音扰民！！", Body: report("翠湖花园小区").Body}},
		"the developer's name before it":  {report("翠湖花园小区"), report("鹏基翠湖花园小区")},
		"a slip of the pen in the name":   {report("中茂城小区"), report("中贸城小区")},
		"the place only in the body":      {report("翠湖花园小区"), {Title: "烧烤店油烟噪音扰民", Body: report("翠湖花园小区").Body}},
		"other words, same place and woe": {report("翠湖花园小区"), {Title: "举报翠湖花园一楼夜宵摊深夜吵闹", Body: "翠湖花园一楼的夜宵摊天天吵到后半夜，烧烤的烟全飘进家里，孩子没法睡觉，请管一管。"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := filledWith(texts[0])
			got := x.Look(texts[1], near.SameMatter, 5)
			if len(got.Matches) != 1 || got.Matches[0].ID != 1 {
				t.Errorf("matches = %+v, elsewhere = %+v, want the first", got.Matches, got.Elsewhere)
			}
		})
	}
}

func TestLook_SameWordsAtAnotherPlaceAreAnotherMatter(t *testing.T) {
	t.Parallel()
	for name, places := range map[string][2]string{
		"another estate":               {"翠湖花园小区", "金桂家园小区"},
		"another road":                 {"建设东路", "建设西路"},
		"another number":               {"第一中学", "第二中学"},
		"a college with one word more": {"江城经济学院", "涉外经济学院"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := filledWith(report(places[0]))
			got := x.Look(report(places[1]), near.SameMatter, 5)
			if len(got.Matches) != 0 {
				t.Fatalf("matches = %+v, want none", got.Matches)
			}
			if len(got.Elsewhere) != 1 || len(got.Elsewhere[0].Mine) == 0 || len(got.Elsewhere[0].Theirs) == 0 {
				t.Fatalf("elsewhere = %+v, want the first with both places named", got.Elsewhere)
			}
		})
	}
}

func TestLook_OtherMatterOfOnePlace(t *testing.T) {
	t.Parallel()
	x := filledWith(report("翠湖花园小区"))
	got := x.Look(near.Text{Title: "翠湖花园小区停水三天无人管", Body: "翠湖花园小区从周五起停水，已经三天，物业说是水管爆裂，至今没有人来修，请尽快恢复供水。"}, near.SameMatter, 5)
	if len(got.Matches) != 0 {
		t.Errorf("matches = %+v, want none", got.Matches)
	}
}

func TestLook_AnotherYear(t *testing.T) {
	t.Parallel()
	x := filledWith(near.Text{Title: "2025年出租车燃油补贴什么时候发放", Body: "2025年的燃油补贴至今没有发到驾驶员手中，请问什么时候发？"})
	got := x.Look(near.Text{Title: "2026年出租车燃油补贴何时发放", Body: "请问今年的出租车燃油补贴什么时候可以发到司机手中，往年早就发了。"}, near.SameMatter, 5)
	if len(got.Matches) != 0 {
		t.Errorf("matches = %+v, want none: it is the next year's", got.Matches)
	}
}

// filledWith is an index that remembers the texts as 1, 2, …, among others.
func filledWith(texts ...near.Text) *near.Index {
	x := near.NewIndex(10_000)
	c := &citizen{r: rand.New(rand.NewPCG(3, 3))}
	for i := range 300 {
		x.Remember(x.Look(c.write(), 2, 1), int64(1000+i), 0, 2)
	}
	for i, t := range texts {
		x.Remember(x.Look(t, 2, 1), int64(i+1), 0, 2)
	}
	return x
}

func TestIndex_ForgetsTheOldest(t *testing.T) {
	t.Parallel()
	x := near.NewIndex(50)
	put := func(id int64, text near.Text) { x.Remember(x.Look(text, 2, 1), id, 0, 2) }
	put(1, report("翠湖花园小区"))
	c := &citizen{r: rand.New(rand.NewPCG(5, 5))}
	find := func() bool { return len(x.Look(report("翠湖花园小区"), near.SameMatter, 5).Matches) > 0 }
	for i := range 49 {
		put(int64(100+i), c.write())
	}
	if !find() || x.Len() != 50 {
		t.Fatalf("found %v among %d, want it still there", find(), x.Len())
	}
	put(200, c.write())
	if find() || x.Len() != 50 {
		t.Fatalf("found %v among %d, want it forgotten", find(), x.Len())
	}
}

func TestIndex_OfTwoAtOnceOneFindsTheOther(t *testing.T) {
	t.Parallel()
	x := near.NewIndex(100)
	a, b := x.Look(report("翠湖花园小区"), near.SameMatter, 5), x.Look(report("翠湖花园小区"), near.SameMatter, 5)
	if late := x.Remember(a, 1, 0, near.SameMatter); len(late) != 0 {
		t.Fatalf("first found %+v", late)
	}
	if late := x.Remember(b, 2, 0, near.SameMatter); len(late) != 1 || late[0].ID != 1 {
		t.Fatalf("second found %+v, want the first", late)
	}
}

func TestIndex_ManyAtOnce(t *testing.T) {
	t.Parallel()
	x := near.NewIndex(64)
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			c := &citizen{r: rand.New(rand.NewPCG(uint64(w), 1))}
			for i := range 40 {
				x.Remember(x.Look(c.write(), near.SameMatter, 3), int64(w*100+i+1), 0, near.SameMatter)
			}
		})
	}
	wg.Wait()
	if x.Len() != 64 {
		t.Errorf("remembers %d, want the window's 64", x.Len())
	}
}

// What is edited by a tenth is found nearly always.
func TestLook_EditedByATenth(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(11, 11))
	c := &citizen{r: r}
	x, found := near.NewIndex(3000), 0
	var texts []near.Text
	for i := range 2000 {
		texts = append(texts, c.write())
		x.Remember(x.Look(texts[i], 2, 1), int64(i+1), 0, 2)
	}
	const tries = 200
	for k := range tries {
		id := k * 10
		body := []rune(texts[id].Body)
		for range len(body) / 20 { // each change spoils two bigrams: a tenth of them
			body[r.IntN(len(body))] = rune(0x4e00 + r.IntN(3000))
		}
		for _, m := range x.Look(near.Text{Title: texts[id].Title, Body: string(body)}, near.SameMatter, 5).Matches {
			if m.ID == int64(id+1) {
				found++
			}
		}
	}
	if found < tries*95/100 {
		t.Errorf("found %d of %d edited copies, want 95 of 100", found, tries)
	}
}

// Whatever strangers send, a text is like itself and nothing breaks.
func TestCluster_AnyText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := near.Text{Title: rapid.String().Draw(t, "title"), Body: rapid.String().Draw(t, "body")}
		b := near.Text{Title: rapid.String().Draw(t, "other title"), Body: rapid.String().Draw(t, "other body")}
		got := near.Cluster([]near.Text{a, b, a})
		if got[0] != 0 || got[1] != 1 && got[1] != 0 {
			t.Fatalf("groups %v: a group is called by its first text", got)
		}
	})
}

func TestLook_LongText(t *testing.T) {
	t.Parallel()
	x := near.NewIndex(10)
	long := near.Text{Title: strings.Repeat("小区", 5000), Body: strings.Repeat("1234路", 300_000)}
	x.Remember(x.Look(long, near.SameMatter, 5), 1, 0, near.SameMatter)
	if got := x.Look(long, near.SameMatter, 5); len(got.Matches) != 1 {
		t.Errorf("a megabyte is not found again: %+v", got.Matches)
	}
}

func ExampleCluster() {
	got := near.Cluster([]near.Text{
		{Title: "翠湖花园小区停水三天", Body: "翠湖花园小区停水三天，物业不管。"},
		{Title: "人民路路灯不亮", Body: "人民路的路灯坏了一个月。"},
		{Title: "翠湖花园又停水了", Body: "翠湖花园停水三天了，没有人来修。"},
	})
	fmt.Println(got)
	// Output: [0 1 0]
}
