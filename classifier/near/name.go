package near

import (
	"slices"
	"strings"
)

// kind says what a name names, since that decides when two names are the same place.
type kind uint8

const (
	area        kind = iota + 1 // 区县、乡镇、街道、村、社区: holds many places
	road                        // 路、街、桥、公交线路
	estate                      // 小区、楼盘、市场、公园: often called by a part of its name
	institution                 // 学校、医院、公司: one word more is another one
)

// name is a name of a place or body as it stands in a text, without 小区, 有限公司 and alike.
type name struct {
	core string
	kind kind
}

// endings end names; the longest that fits counts. drop is what says only the kind.
//
//nolint:gochecknoglobals // constant tables; never written
var (
	endings = map[string]struct {
		kind kind
		drop bool
	}{
		"小区": {estate, true}, "花园": {estate, false}, "公寓": {estate, false}, "家园": {estate, false}, "花苑": {estate, false},
		"苑": {estate, false}, "府": {estate, false}, "城": {estate, false}, "湾": {estate, false}, "滩": {estate, false}, "园": {estate, false},
		"广场": {estate, false}, "大厦": {estate, false}, "国际": {estate, false}, "公馆": {estate, false}, "山庄": {estate, false},
		"庄园": {estate, false}, "新村": {estate, false}, "新城": {estate, false}, "公园": {estate, false}, "宾馆": {estate, false},
		"酒店": {estate, false}, "市场": {estate, false}, "工业园": {estate, false}, "地铁站": {estate, true}, "车站": {estate, false},
		"水库": {estate, false}, "商城": {estate, false}, "御景": {estate, false}, "郡": {estate, false},
		"大道": {road, false}, "路": {road, false}, "街": {road, false}, "巷": {road, false}, "桥": {road, false}, "大桥": {road, false},
		"立交": {road, false}, "隧道": {road, false}, "号线": {road, false}, "学院": {institution, false}, "大学": {institution, false},
		"中学": {institution, false}, "小学": {institution, false}, "幼儿园": {institution, false}, "学校": {institution, false},
		"医院": {institution, false}, "公司": {institution, true}, "有限公司": {institution, true}, "股份有限公司": {institution, true},
		"责任公司": {institution, true}, "有限责任公司": {institution, true}, "集团": {institution, true}, "驾校": {institution, false},
		"工厂": {institution, false}, "厂": {institution, false}, "区": {area, false}, "县": {area, false}, "镇": {area, false},
		"乡": {area, false}, "街道": {area, false}, "村": {area, false}, "社区": {area, false}, "组": {0, false},
	}
	// lasts are the last characters of the endings.
	lasts = func() map[rune]bool {
		out := map[rune]bool{}
		for e := range endings {
			r := []rune(e)
			out[r[len(r)-1]] = true
		}
		return out
	}()
	// plain are words that end like a name but name nothing.
	plain = words("马路 道路 公路 铁路 线路 高铁路 网路 电路 断头路 小路 水泥路 人行路 过路 修路 通路 十字路 沿路 出路 套路 走路 让路 堵路 问路 半路 该路 此路 条路 " +
		"小区 本小区 该小区 我小区 各小区 新小区 老小区 城区 市区 地区 社区 片区 景区 辖区 园区 校区 学区 新区 开发区 高新区 县城 全县 本县 本市 全市 农村 全村 本村 我村 " +
		"城 新城 全城 旧城 进城 政府 乡政府 区政府 县政府 市政府 上街 逛街 一街 学校 我校 本校 高校 医院 公司 物业公司 有限公司 该公司 我公司 本公司 管理公司 开发公司 大学 上大学 中学 小学 上小学 幼儿园 " +
		"公园 花园 校园 家园 公寓 市场 菜市场 农贸市场 房地产市场 广场 国际 车站 汽车站 火车站 地铁站 公交车站 工厂 厂 集团 这里 那里 哪里 家里 心里 公里 夜里 手里 院里 校里 房子里 水里 平方公里 千里 城里 店里 大桥 天桥 立交 隧道 水库 新村 街道 老街 酒店 宾馆 驾校 学院 大道")
	// before are the characters before which no name begins: what stands after them may.
	before = runes("在于从到往的和与及跟对向将把被请求问让给住我你您这那该本是有因为由至其各每某就都也还又但而已不没无靠近过后前边旁侧内处间上关说来去走修建反映投诉举报咨询建议要想了呢吗年日个")
	// areaEnds end an administrative name before the place itself.
	areaEnds = runes("市区县省镇乡")
	// generic are first parts that many bodies share: 人民医院 alone names no particular one.
	generic = words("经济 师范 理工 职业 职业技术 外国语 实验 中心 人民 中医 中心医 第一 第二 附属 财经 科技 国际 双语 商贸 旅游")
	// telling are characters that tell one place from its neighbour.
	telling = runes("0123456789一二三四五六七八九十东西南北中上下前后左右新老")
)

func words(s string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		out[w] = true
	}
	return out
}

func runes(s string) map[rune]bool {
	out := map[rune]bool{}
	for _, r := range s {
		out[r] = true
	}
	return out
}

// longestName and shortestCore bound a name, in characters.
const (
	longestName  = 14
	longestEnd   = 6
	shortestCore = 2
)

// names finds the names in a folded text, at most limit, in their order.
func names(text []rune, limit int) []name {
	var out []name
	for end := 2; end <= len(text) && len(out) < limit; end++ {
		n, ok := nameBefore(text, end)
		if ok && !slices.ContainsFunc(out, func(o name) bool { return o.core == n.core }) {
			out = append(out, n)
		}
	}
	return out
}

// nameBefore reads the name that ends at a place of a folded text.
func nameBefore(text []rune, end int) (name, bool) {
	if !lasts[text[end-1]] {
		return name{}, false
	}
	for length := min(longestEnd, end); length > 0; length-- {
		word := string(text[end-length : end])
		e, ok := endings[word]
		if !ok {
			continue
		}
		if e.kind == 0 || longer(text, end) {
			return name{}, false
		}
		start := begin(text, end-length)
		whole, core := string(text[start:end]), string(text[start:end-length])
		if plain[whole] || end-length-start < shortestCore && !numbered(text[start:end-length], e.kind) {
			return name{}, false
		}
		if !e.drop {
			core = whole
		}
		return name{core, e.kind}, true
	}
	return name{}, false
}

// longer tells whether the next characters make the ending another word: 路灯, 城管, 区政府.
func longer(text []rune, end int) bool {
	if end >= len(text) {
		return false
	}
	switch string(text[end-1 : end+1]) {
	case "路灯", "路面", "路况", "路口", "路段", "路过", "路边", "路线", "路虎", "城管", "城市", "城乡", "城区", "城镇", "园林", "园区", "里面", "里程", "街道", "街舞", "村民", "村委", "村里", "村镇",
		"区域", "区政", "区内", "县城", "县委", "县政", "镇政", "乡镇", "乡村", "桥梁", "桥头", "桥下", "厂房", "厂家", "厂区", "府邸", "国际", "组织", "郡主", "湾区":
		return text[end] != '口' && text[end] != '段' && text[end] != '边' && text[end] != '灯' && text[end] != '面' && text[end] != '况'
	}
	return false
}

// begin is where the name that ends in an ending at a place begins.
func begin(text []rune, at int) int {
	start := at
	for start > 0 && at-start < longestName {
		r := text[start-1]
		if r == gap || before[r] || areaEnds[r] && start < at {
			break
		}
		if areaEnds[r] && at-start == 0 { // 某区 before the ending itself: 星沙四区小区
			break
		}
		if start < at && (r == '道' && start > 1 && text[start-2] == '街' || r == '路' || r == '街') {
			break
		}
		start--
	}
	return plainArea(text, start, at)
}

// plainArea lets a name begin at the letter of an area that is called by letter and
// number, such as a7县: whatever stands before it belongs to the sentence.
func plainArea(text []rune, start, at int) int {
	i := at
	for i > start && text[i-1] >= '0' && text[i-1] <= '9' {
		i--
	}
	if i < at && i > start && text[i-1] >= 'a' && text[i-1] <= 'z' {
		return i - 1
	}
	return start
}

// numbered tells whether a short name is one by its number: 8路, 3号线, a3区.
func numbered(core []rune, k kind) bool {
	if len(core) == 0 || k != road && k != area {
		return false
	}
	return core[len(core)-1] >= '0' && core[len(core)-1] <= '9'
}

// verdict is what two names tell of each other.
type verdict uint8

const (
	unlike verdict = iota
	alike          // may well be the same: a part of it, a slip of the pen
	same
)

// compare tells whether two names name the same.
func (n name) compare(m name) verdict {
	switch {
	case n.core == m.core:
		return same
	case (n.kind == area) != (m.kind == area):
		return unlike
	case n.kind == area:
		return unlike
	}
	a, b := []rune(n.core), []rune(m.core)
	if len(a) > len(b) {
		a, b, n, m = b, a, m, n
	}
	if strings.Contains(m.core, n.core) {
		if n.kind == institution && m.kind == institution && isGeneric(a) {
			return unlike
		}
		return alike
	}
	if slip(a, b) || scrambled(a, b) {
		return alike
	}
	return unlike
}

// isGeneric tells whether a body's name says only what kind of body it is.
func isGeneric(core []rune) bool {
	return len(core) <= 2 || generic[string(core[:len(core)-2])]
}

// slip tells whether two names differ by one character that is a slip of the pen, not
// one that tells a place from its neighbour (东路 and 西路, 一中 and 二中).
func slip(a, b []rune) bool {
	if len(a) != len(b) || len(a) < 3 {
		return false
	}
	differ := 0
	for i := range a {
		if a[i] == b[i] {
			continue
		}
		if telling[a[i]] && telling[b[i]] {
			return false
		}
		differ++
	}
	return differ == 1
}

// scrambled tells whether two names differ only in the order of characters, or nearly:
// 千山制药 and 山千制药. What both end in says nothing.
func scrambled(a, b []rune) bool {
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if len(a) < 2 || len(b) < 2 {
		return false
	}
	n := 0
	for _, r := range a {
		if slices.Contains(b, r) {
			n++
		}
	}
	return float64(n) >= 0.75*float64(max(len(a), len(b)))
}
