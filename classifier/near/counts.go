package near

import "math"

// countBits is the size of the table of counts: a bigram shares its place with few others.
const countBits = 18

// counts knows how many texts hold a bigram, approximately and in bounded room.
type counts struct {
	texts float64
	n     [1 << countBits]uint32
	// most is the number of texts after which old ones begin to be forgotten.
	most float64
}

func place(g uint32) uint32 { return g >> (32 - countBits) }

// add counts a text's distinct bigrams.
func (c *counts) add(set []uint32) {
	if c.texts >= c.most {
		c.texts /= 2
		for i := range c.n {
			c.n[i] /= 2
		}
	}
	c.texts++
	for _, g := range set {
		c.n[place(g)]++
	}
}

// rarity is how much a bigram tells: the logarithm of how seldom it is (idf). Before many
// texts were seen, all tell much the same.
func (c *counts) rarity(g uint32) float32 {
	const prior = 200
	return float32(math.Log((c.texts+prior)/(float64(c.n[place(g)])+1))) + 0.1
}
